package io.tsdb.query.fragment;

/// What a fragment did at one shard. Written by the thread that works there; read when the fragment
/// is done.
public final class ScanCounts {
    private long rows;
    private long nanos;
    private long blocksRead;
    private long blocksFromStatistics;
    private long blocksPruned;
    private long bytesDecoded;

    /// @param rowCount rows that were handed back
    /// @param elapsedNanos that it took
    public void addWork(int rowCount, long elapsedNanos) {
        rows += rowCount;
        nanos += elapsedNanos;
    }

    void addBlockRead(long bytes) {
        blocksRead++;
        bytesDecoded += bytes;
    }

    void addBlockFromStatistics() {
        blocksFromStatistics++;
    }

    void addBlockPruned() {
        blocksPruned++;
    }

    public long rows() {
        return rows;
    }

    public long nanos() {
        return nanos;
    }

    /// Blocks of which some column was decoded.
    public long blocksRead() {
        return blocksRead;
    }

    /// Blocks that were answered without decoding a column.
    public long blocksFromStatistics() {
        return blocksFromStatistics;
    }

    /// Blocks of which no row can be wanted, as their statistics say.
    public long blocksPruned() {
        return blocksPruned;
    }

    /// Of values as they were handed over, times included.
    public long bytesDecoded() {
        return bytesDecoded;
    }
}
