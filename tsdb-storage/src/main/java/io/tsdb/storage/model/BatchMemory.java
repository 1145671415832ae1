package io.tsdb.storage.model;

/// Counts the memory that the batches of one request take, and refuses what goes beyond a limit.
///
/// Columns are as long as the highest row that has the field, so a few hundred kilobytes of lines
/// with ever new fields would fill gigabytes. Counted when an array grows, so values that fit cost
/// nothing. One thread at a time.
public final class BatchMemory {
    private final long limitBytes;
    private long usedBytes;

    public BatchMemory(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /// For batches from our own files, whose size was limited when they were received.
    public static BatchMemory unlimited() {
        return new BatchMemory(Long.MAX_VALUE);
    }

    /// Bytes of all arrays, filled or not.
    public long usedBytes() {
        return usedBytes;
    }

    /// Called before something grows.
    ///
    /// @throws ResourceLimitException when the limit would be passed; nothing is counted then
    public void grow(long bytes) {
        long wanted = usedBytes + bytes;
        if (wanted > limitBytes) {
            throw new ResourceLimitException("memory of a request's points", limitBytes, wanted);
        }
        usedBytes = wanted;
    }

    /// Called when something counted is let go.
    void shrink(long bytes) {
        usedBytes -= bytes;
    }
}
