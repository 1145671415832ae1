package io.tsdb.query.fragment;

/// What a fragment did at one shard. Written by the thread that works there; read when the fragment
/// is done.
public final class ScanCounts {
    private static final int NUMBERS = 6;

    private long rows;
    private long nanos;
    private long blocksRead;
    private long blocksFromStatistics;
    private long blocksPruned;
    private long bytesDecoded;
    private long latestRows;

    /// The numbers of [#numbers], of counts that another node made.
    ///
    /// @throws IllegalArgumentException when there are not as many
    public static ScanCounts of(long[] numbers) {
        if (numbers.length != NUMBERS) {
            throw new IllegalArgumentException(
                    numbers.length + " counts of a fragment, expected " + NUMBERS);
        }
        var counts = new ScanCounts();
        counts.rows = numbers[0];
        counts.nanos = numbers[1];
        counts.blocksRead = numbers[2];
        counts.blocksFromStatistics = numbers[3];
        counts.blocksPruned = numbers[4];
        counts.bytesDecoded = numbers[5];
        return counts;
    }

    /// All of them, in the order of `docs/format/plan.md#counts`.
    public long[] numbers() {
        return new long[] {
            rows, nanos, blocksRead, blocksFromStatistics, blocksPruned, bytesDecoded
        };
    }

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

    void addLatest(int rowCount) {
        latestRows += rowCount;
    }

    /// Rows that came from the table of newest rows, without a look at a block.
    public long latestRows() {
        return latestRows;
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
