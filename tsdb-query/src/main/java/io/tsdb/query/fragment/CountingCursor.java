package io.tsdb.query.fragment;

import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.Presence;

import org.jspecify.annotations.Nullable;

/// Counts what is read of a cursor. One thread.
final class CountingCursor implements BlockCursor {
    private final BlockCursor cursor;
    private final ScanCounts counts;
    private boolean isAtBlock;
    private boolean isPassedOver;
    private long blockBytes;

    CountingCursor(BlockCursor cursor, ScanCounts counts) {
        this.cursor = cursor;
        this.counts = counts;
    }

    /// No row of the current block is wanted.
    void passOver() {
        isPassedOver = true;
    }

    private void endBlock() {
        if (isAtBlock) {
            if (blockBytes > 0) {
                counts.addBlockRead(blockBytes);
            } else if (isPassedOver) {
                counts.addBlockPruned();
            } else {
                counts.addBlockFromStatistics();
            }
        }
        isAtBlock = false;
        isPassedOver = false;
        blockBytes = 0;
    }

    @Override
    public boolean nextBlock() {
        endBlock();
        isAtBlock = cursor.nextBlock();
        return isAtBlock;
    }

    @Override
    public void skipSeries() {
        cursor.skipSeries();
    }

    @Override
    public void narrowToNewest() {
        cursor.narrowToNewest();
    }

    @Override
    public int series() {
        return cursor.series();
    }

    @Override
    public int rowCount() {
        return cursor.rowCount();
    }

    @Override
    public long minTime() {
        return cursor.minTime();
    }

    @Override
    public long maxTime() {
        return cursor.maxTime();
    }

    @Override
    public @Nullable ColumnStatistics statistics(int column) {
        return cursor.statistics(column);
    }

    @Override
    public void times(long[] target) {
        blockBytes += (long) Long.BYTES * cursor.rowCount();
        cursor.times(target);
    }

    @Override
    public Presence longs(int column, long[] target, long[] presence) {
        blockBytes += (long) Long.BYTES * cursor.rowCount();
        return cursor.longs(column, target, presence);
    }

    @Override
    public Presence doubles(int column, double[] target, long[] presence) {
        blockBytes += (long) Double.BYTES * cursor.rowCount();
        return cursor.doubles(column, target, presence);
    }

    @Override
    public Presence stringIds(int column, int[] target, long[] presence) {
        blockBytes += (long) Integer.BYTES * cursor.rowCount();
        return cursor.stringIds(column, target, presence);
    }

    @Override
    public String[] dictionary(int column) {
        return cursor.dictionary(column);
    }

    @Override
    public void close() {
        endBlock();
        cursor.close();
    }
}
