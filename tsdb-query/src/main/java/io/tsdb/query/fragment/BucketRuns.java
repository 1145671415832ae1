package io.tsdb.query.fragment;

import io.tsdb.query.function.scalar.TimeGrid;

import java.util.Arrays;

/// Cuts ascending times into runs of one bucket each. The grid is asked once per run, and a run's
/// end is looked for where the previous run's length suggests it.
final class BucketRuns {
    private final TimeGrid grid;
    private int[] ends = new int[64];
    private long[] buckets = new long[64];
    private int count;

    BucketRuns(TimeGrid grid) {
        this.grid = grid;
    }

    int count() {
        return count;
    }

    /// Row behind the last one of a run.
    int end(int run) {
        return ends[run];
    }

    /// Number of a run's bucket on the grid.
    long bucket(int run) {
        return buckets[run];
    }

    /// Cuts `times[0, rowCount)`.
    void cut(long[] times, int rowCount) {
        count = 0;
        int from = 0;
        int length = 1;
        while (from < rowCount) {
            long bucket = grid.index(times[from]);
            long next = grid.next(bucket);
            int end = next == Long.MAX_VALUE ? rowCount : end(times, from, rowCount, next, length);
            add(bucket, end);
            length = end - from;
            from = end;
        }
    }

    /// First row from `from` on whose time is at or behind `next`.
    private static int end(long[] times, int from, int rowCount, long next, int guess) {
        int at = Math.min(from + guess, rowCount);
        if (times[at - 1] < next && (at == rowCount || times[at] >= next)) {
            return at;
        }
        int low = from + 1;
        int high = rowCount;
        int step = 1;
        if (times[at - 1] < next) {
            low = at;
            while (low + step < high && times[low + step] < next) {
                low += step;
                step <<= 1;
            }
            high = Math.min(high, low + step);
        } else {
            high = at - 1;
        }
        while (low < high) {
            int middle = low + high >>> 1;
            if (times[middle] < next) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void add(long bucket, int end) {
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
            buckets = Arrays.copyOf(buckets, 2 * count);
        }
        ends[count] = end;
        buckets[count++] = bucket;
    }
}
