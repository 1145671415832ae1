package io.tsdb.storage.codec.raw;

import io.tsdb.storage.codec.pack.ByteSink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Writes values as they are.
public final class RawEncoder {
    private RawEncoder() {}

    public static int sizeBytes(int count) {
        return Long.BYTES * count;
    }

    public static void encode(long[] values, int count, ByteSink sink) {
        int at = sink.claim(sizeBytes(count));
        ByteBuffer.wrap(sink.bytes(), at, sizeBytes(count))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .put(values, 0, count);
    }
}
