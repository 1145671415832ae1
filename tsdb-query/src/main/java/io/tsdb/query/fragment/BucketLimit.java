package io.tsdb.query.fragment;

import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.query.plan.Fragment;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;

import org.roaringbitmap.RoaringBitmap;

import java.util.List;

/// Narrows a scan to the newest (or oldest) `n` time buckets that hold rows in this shard.
///
/// Which series has the newest row is told by block bounds alone. The `n` newest buckets of that
/// one series hold rows, so no bucket before them can be among the shard's newest `n`.
final class BucketLimit {
    private BucketLimit() {}

    static TimeRange narrow(Fragment.OuterBuckets outer, FragmentScan scan, QueryControl control) {
        boolean newest = outer.newest();
        long count = outer.count();
        TimeGrid grid = outer.grid();
        int series = outermostSeries(scan, newest, control);
        if (series < 0) {
            return scan.range();
        }
        long[] times = new long[ColumnVector.ROWS_MAX];
        long found = 0;
        long bucket = 0;
        try (BlockCursor cursor =
                scan.blocks(RoaringBitmap.bitmapOf(series), scan.range(), List.of(), newest)) {
            while (found < count && cursor.nextBlock()) {
                control.nextBlock();
                cursor.times(times);
                int rows = cursor.rowCount();
                for (int i = 0; i < rows && found < count; i++) {
                    long next = grid.index(times[newest ? rows - 1 - i : i]);
                    if (found == 0 || next != bucket) {
                        bucket = next;
                        found++;
                    }
                }
            }
        }
        return found < count ? scan.range() : cut(scan.range(), grid, bucket, newest);
    }

    private static TimeRange cut(TimeRange range, TimeGrid grid, long bucket, boolean newest) {
        if (newest) {
            return new TimeRange(Math.max(range.fromNanos(), grid.start(bucket)), range.toNanos());
        }
        return new TimeRange(range.fromNanos(), Math.min(range.toNanos(), grid.next(bucket)));
    }

    /// The series with the newest (oldest) row, or -1 without rows.
    private static int outermostSeries(FragmentScan scan, boolean newest, QueryControl control) {
        int series = -1;
        long best = 0;
        try (BlockCursor cursor = scan.blocks(List.of(), newest)) {
            while (cursor.nextBlock()) {
                control.nextBlock();
                long time = newest ? cursor.maxTime() : cursor.minTime();
                if (series < 0 || (newest ? time > best : time < best)) {
                    series = cursor.series();
                    best = time;
                }
                cursor.skipSeries();
            }
        }
        return series;
    }
}
