package io.tsdb.query.exec;

import io.tsdb.query.analysis.FillMode;
import io.tsdb.query.analysis.Filling;
import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.query.rows.RowStore;

import java.util.Arrays;

/// One group after the other with its rows and its gaps, in the order of the buckets. One thread.
///
/// Of the stored rows the first ones are the input's, the next ones stand for groups that are
/// listed, and the last ones come from before the range.
final class FillGroup {
    /// Instead of a row: there is none.
    static final int NONE = -1;

    private final RowStore rows;
    private final int[] order;
    private final TimeGrid grid;
    private final int bucketColumn;
    private final int keyCount;
    private final boolean[] isCarried;
    private final int inputCount;
    private final int beforeFrom;
    private final long firstBucket;
    private final long bucketCount;
    private final int[] previous;
    private final int[] nextAt;
    private int at;
    private int end;
    private long bucketsDone;
    private int row = NONE;
    private long bucketStart;
    private boolean isBucket;

    /// @param order of all rows: by group, then by bucket, no bucket last
    /// @param inputCount rows below are the input's
    /// @param beforeFrom rows from here on come from before the range
    /// @param firstBucket of the range, by its number in the grid
    FillGroup(
            RowStore rows,
            int[] order,
            Filling filling,
            int inputCount,
            int beforeFrom,
            long firstBucket,
            long bucketCount) {
        this.rows = rows;
        this.order = order;
        this.grid = filling.grid();
        this.bucketColumn = filling.bucket();
        this.keyCount = filling.keyCount();
        this.inputCount = inputCount;
        this.beforeFrom = beforeFrom;
        this.firstBucket = firstBucket;
        this.bucketCount = bucketCount;
        int columns = filling.modes().size();
        this.isCarried = new boolean[columns];
        for (int i = 0; i < columns; i++) {
            isCarried[i] = filling.modes().get(i) instanceof FillMode.Previous;
        }
        this.previous = new int[columns];
        this.nextAt = new int[columns];
    }

    /// Whether rows `order[from, to)` are of a group that is wanted, and not only of what was
    /// before.
    boolean isWanted(int from, int to) {
        for (int i = from; i < to; i++) {
            if (order[i] < beforeFrom) {
                return true;
            }
        }
        return false;
    }

    /// Whether a column that takes over previous values has none at the start of the range.
    boolean lacksPrevious(int from, int to) {
        long start = grid.start(firstBucket);
        for (int column = 0; column < previous.length; column++) {
            if (isCarried[column]) {
                int first = from;
                while (first < to && !hasValue(first, column)) {
                    first++;
                }
                if (first == to || rows.longs(bucketColumn)[order[first]] > start) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Begins with the group of rows `order[from, to)`.
    void begin(int from, int to) {
        at = from;
        end = to;
        bucketsDone = 0;
        row = NONE;
        Arrays.fill(previous, NONE);
        Arrays.fill(nextAt, from);
        for (int i = from; i < to; i++) {
            if (order[i] >= beforeFrom) {
                remember(order[i], true);
            }
        }
    }

    private void remember(int of, boolean carriedOnly) {
        for (int column = 0; column < previous.length; column++) {
            boolean isTaken = isCarried[column] || !carriedOnly;
            if (isTaken && rows.isPresent(keyCount + column, of)) {
                previous[column] = of;
            }
        }
    }

    /// Moves to the next row or gap.
    ///
    /// @return false at the end of the group
    boolean next() {
        if (row != NONE && isBucket) {
            remember(row, false);
        }
        while (at < end && order[at] >= inputCount) {
            at++;
        }
        boolean hasRow = at < end;
        isBucket = !hasRow || rows.isPresent(bucketColumn, order[at]);
        if (bucketsDone < bucketCount) {
            long start = grid.start(firstBucket + bucketsDone);
            boolean isGap = !hasRow || !isBucket || start < rows.longs(bucketColumn)[order[at]];
            if (isGap) {
                row = NONE;
                isBucket = true;
                bucketStart = start;
                endBucket(start);
                return true;
            }
            if (start == rows.longs(bucketColumn)[order[at]]) {
                endBucket(start);
            }
        }
        if (!hasRow) {
            row = NONE;
            return false;
        }
        row = order[at++];
        bucketStart = rows.longs(bucketColumn)[row];
        return true;
    }

    /// Moves on to the next bucket that begins later: one that the clocks skip begins with another.
    private void endBucket(long start) {
        do {
            bucketsDone++;
        } while (bucketsDone < bucketCount && grid.start(firstBucket + bucketsDone) == start);
    }

    /// The stored row that it stands at, or [#NONE] in a gap.
    int row() {
        return row;
    }

    /// Start of the bucket; counts when [#isBucket()].
    long bucketStart() {
        return bucketStart;
    }

    /// Whether it stands in a bucket, and not at a row that has none.
    boolean isBucket() {
        return isBucket;
    }

    /// The stored row with the value of the last bucket before, or [#NONE].
    int previous(int column) {
        return previous[column];
    }

    /// The stored row with the value of the first bucket behind, or [#NONE].
    int next(int column) {
        int next = Math.max(nextAt[column], at);
        while (next < end && !hasValue(next, column)) {
            next++;
        }
        nextAt[column] = next;
        return next < end ? order[next] : NONE;
    }

    private boolean hasValue(int place, int column) {
        int of = order[place];
        return of < inputCount
                && rows.isPresent(bucketColumn, of)
                && rows.isPresent(keyCount + column, of);
    }

    /// What lies between the values around, by the starts of the buckets; only when both are there.
    double between(int column, int before, int behind) {
        long[] starts = rows.longs(bucketColumn);
        double[] values = rows.doubles(keyCount + column);
        double a = values[before];
        double b = values[behind];
        if (a == b) {
            return a;
        }
        double share = length(starts[before], bucketStart) / length(starts[before], starts[behind]);
        double step = b - a;
        // numbers far apart may pass the range that their difference has
        return Double.isInfinite(step) ? a * (1 - share) + b * share : a + step * share;
    }

    private static double length(long from, long to) {
        long length = to - from;
        return length < 0 ? (double) to - from : length;
    }
}
