package io.tsdb.storage.log;

/// Settings of a [LocalLog].
///
/// @param segmentBytes size at which a segment is closed; a larger record has a segment of its own
/// @param durability when an entry counts as durable
/// @param lingerMicrosMax how long the log waits for more entries before it syncs, under load only;
///   an entry that comes alone never waits
/// @param lingerBytes with so many bytes in the queue it waits no longer
/// @param queueBytesMax most bytes that are appended and not yet durable; above it `append`
///   refuses; a third as many are kept of buffers that wait for their next record
/// @param asyncSyncMillis time between syncs with [Durability#ASYNC]
/// @param preallocate whether segments are filled with zeros (or an old one reused) beforehand: a
///   sync then writes no file metadata, which halves its time on ext4
/// @param reopenMillis how often a log that failed tries to go on
/// @param quietMillis a log that writes less than a 64th of a segment in such a time gives back the
///   room that it holds beforehand
public record LogConfig(
        int segmentBytes,
        Durability durability,
        int lingerMicrosMax,
        int lingerBytes,
        long queueBytesMax,
        int asyncSyncMillis,
        boolean preallocate,
        int reopenMillis,
        int quietMillis) {
    private static final int REOPEN_MILLIS = 1_000;
    private static final int QUIET_MILLIS = 60_000;
    private static final int MIB = 1 << 20;

    public LogConfig {
        if (segmentBytes < 4096
                || lingerMicrosMax < 0
                || lingerBytes < 0
                || queueBytesMax < 1
                || asyncSyncMillis < 1
                || quietMillis < 1) {
            throw new IllegalArgumentException(
                    "log settings out of range: "
                            + segmentBytes
                            + ", "
                            + lingerMicrosMax
                            + ", "
                            + lingerBytes
                            + ", "
                            + queueBytesMax
                            + ", "
                            + asyncSyncMillis
                            + ", "
                            + quietMillis);
        }
    }

    /// A log that failed tries to go on every second, and gives room back after a quiet minute.
    public LogConfig(
            int segmentBytes,
            Durability durability,
            int lingerMicrosMax,
            int lingerBytes,
            long queueBytesMax,
            int asyncSyncMillis,
            boolean preallocate) {
        this(
                segmentBytes,
                durability,
                lingerMicrosMax,
                lingerBytes,
                queueBytesMax,
                asyncSyncMillis,
                preallocate,
                REOPEN_MILLIS,
                QUIET_MILLIS);
    }

    public LogConfig withReopenMillis(int other) {
        return new LogConfig(
                segmentBytes,
                durability,
                lingerMicrosMax,
                lingerBytes,
                queueBytesMax,
                asyncSyncMillis,
                preallocate,
                other,
                quietMillis);
    }

    public LogConfig withQuietMillis(int other) {
        return new LogConfig(
                segmentBytes,
                durability,
                lingerMicrosMax,
                lingerBytes,
                queueBytesMax,
                asyncSyncMillis,
                preallocate,
                reopenMillis,
                other);
    }

    /// Segments of 64 MiB, sync before each acknowledgement, linger at most 2 ms, 64 MiB queue.
    public static LogConfig defaults() {
        return new LogConfig(64 * MIB, Durability.SYNC, 2_000, 64 << 10, 64L * MIB, 200, true);
    }

    public LogConfig withQueueBytes(long other) {
        return new LogConfig(
                segmentBytes,
                durability,
                lingerMicrosMax,
                lingerBytes,
                other,
                asyncSyncMillis,
                preallocate,
                reopenMillis,
                quietMillis);
    }

    public LogConfig withDurability(Durability other) {
        return new LogConfig(
                segmentBytes,
                other,
                lingerMicrosMax,
                lingerBytes,
                queueBytesMax,
                asyncSyncMillis,
                preallocate,
                reopenMillis,
                quietMillis);
    }

    public LogConfig withSegmentBytes(int other) {
        return new LogConfig(
                other,
                durability,
                lingerMicrosMax,
                lingerBytes,
                queueBytesMax,
                asyncSyncMillis,
                preallocate,
                reopenMillis,
                quietMillis);
    }
}
