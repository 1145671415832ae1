package io.tsdb.ingest.transport;

import io.tsdb.ingest.protocol.ProtocolDecoder;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// What the connections of one event loop share, since only one of them runs at a time: copy
/// buffers, and decoders that are not in the middle of a request. Event loop only.
///
/// A decoder is large (series cache, batches) and an idle connection should cost little, so a
/// connection has one only during a request; it gets the one it had before where that is free,
/// because its series cache fits.
final class LoopResources {
    static final int COPY_BYTES = 128 << 10;

    /// Free decoders that are kept; a burst may take more for a while.
    private static final int FREE_DECODERS_MAX = 4;

    private final byte[] copyBuffer = new byte[COPY_BYTES];
    private final Supplier<ProtocolDecoder> decoders;
    private final List<ProtocolDecoder> free = new ArrayList<>();

    LoopResources(Supplier<ProtocolDecoder> decoders) {
        this.decoders = decoders;
    }

    /// Holds bytes between socket and decoder, during a call.
    byte[] copyBuffer() {
        return copyBuffer;
    }

    ProtocolDecoder takeDecoder(@Nullable ProtocolDecoder preferred) {
        for (int i = 0; i < free.size(); i++) {
            ProtocolDecoder decoder = free.get(i);
            if (decoder.equals(preferred)) {
                free.remove(i);
                return decoder;
            }
        }
        // a connection's first request takes no decoder away from one that may come back to it
        return preferred == null && free.size() < FREE_DECODERS_MAX / 2 || free.isEmpty()
                ? decoders.get()
                : free.removeFirst();
    }

    void giveDecoder(ProtocolDecoder decoder) {
        if (free.size() < FREE_DECODERS_MAX) {
            free.add(decoder);
        } else {
            decoder.close();
        }
    }
}
