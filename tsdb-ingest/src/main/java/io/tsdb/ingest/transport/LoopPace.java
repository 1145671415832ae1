package io.tsdb.ingest.transport;

import io.tsdb.storage.model.Ticker;

import java.util.concurrent.TimeUnit;

/// How long a connection's lines may hold their event loop: parts of text are as large as they can
/// be decoded within half a millisecond, and after a turn of some the loop serves others.
///
/// Lines that were seen before take some nanoseconds, so that a whole read is one turn; a line of a
/// new series takes thousands, and with them parts get small. One thread.
final class LoopPace {
    static final int PART_BYTES_MIN = 8 << 10;
    static final int PART_BYTES_MAX = LoopResources.COPY_BYTES;
    private static final long PART_NANOS_MAX = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long TURN_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(3);

    private final Ticker ticker;
    private int partBytes = PART_BYTES_MIN;
    private long turnNanos;
    private long partNanos;

    LoopPace(Ticker ticker) {
        this.ticker = ticker;
    }

    void beginTurn() {
        turnNanos = ticker.nanos();
        partNanos = turnNanos;
    }

    /// Most bytes of the next part.
    int partBytes() {
        return partBytes;
    }

    /// A part has been decoded.
    ///
    /// @return whether the turn goes on
    boolean endPart(int bytes) {
        long now = ticker.nanos();
        long took = now - partNanos;
        partNanos = now;
        if (took > PART_NANOS_MAX) {
            partBytes = Math.max(PART_BYTES_MIN, partBytes / 2);
        } else if (bytes == partBytes && took < PART_NANOS_MAX / 2) {
            partBytes = Math.min(PART_BYTES_MAX, 2 * partBytes);
        }
        return now - turnNanos < TURN_NANOS_MAX;
    }
}
