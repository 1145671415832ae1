package io.tsdb.storage.block;

import io.tsdb.storage.scan.Presence;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Brings rows that arrived in any order into time order, and unites rows of equal time field by
/// field: the later arrival wins.
///
/// One thread; kept and reused, since it owns scratch memory. Rows already strictly ascending cost
/// one pass over the times.
///
/// ```
/// int rows = sort.sort(times, count);
/// if (!sort.isIdentity()) {
///     sort.gatherTimes(times, sortedTimes);
///     Presence p = sort.gather(values, presence, sortedValues, sortedPresence);
/// }
/// ```
public final class RowSort {
    private int[] order = new int[1024];
    private int[] spare = new int[1024];
    private int[] rowOf = new int[1024];
    private int[] runs = new int[16];
    private int count;
    private int distinct;
    private boolean identity = true;

    /// Sorts by time, stable.
    ///
    /// @param times nanoseconds in arrival order; read only
    /// @param count rows, at least 0
    /// @return number of distinct times, which is the number of sorted rows
    public int sort(long[] times, int count) {
        this.count = count;
        if (isStrictlyAscending(times, count)) {
            identity = true;
            distinct = count;
            return count;
        }
        identity = false;
        reserve(count);
        mergeRuns(times, findRuns(times));
        int row = 0;
        rowOf[0] = 0;
        for (int k = 1; k < count; k++) {
            row += times[order[k]] == times[order[k - 1]] ? 0 : 1;
            rowOf[k] = row;
        }
        distinct = row + 1;
        return distinct;
    }

    /// Whether the rows were strictly ascending already; [#order] and [#sortedRows] are undefined
    /// then.
    public boolean isIdentity() {
        return identity;
    }

    /// Whether some rows have equal times.
    public boolean hasEqualTimes() {
        return distinct < count;
    }

    /// Arrival numbers of the rows in `[0, count)` in time order, equal times in arrival order.
    public int[] order() {
        return order;
    }

    /// For each entry of [#order] the sorted row that it goes to; equal times share one.
    public int[] sortedRows() {
        return rowOf;
    }

    /// @param target receives the distinct times, ascending
    public void gatherTimes(long[] times, long[] target) {
        if (identity) {
            System.arraycopy(times, 0, target, 0, count);
            return;
        }
        for (int k = 0; k < count; k++) {
            target[rowOf[k]] = times[order[k]];
        }
    }

    /// Brings one column into time order; of equal times the latest present value is kept.
    ///
    /// @param values in arrival order
    /// @param presence one bit a row, null when every row has a value
    /// @param target receives a value for each sorted row; entries of absent rows are undefined
    /// @param targetPresence receives one bit a sorted row; all words that hold rows are written
    public Presence gather(
            long[] values, long @Nullable [] presence, long[] target, long[] targetPresence) {
        int words = (distinct + 63) >>> 6;
        if (presence == null) {
            gatherPresent(values, target);
            Arrays.fill(targetPresence, 0, words, -1L);
            if ((distinct & 63) != 0) {
                targetPresence[words - 1] = (1L << distinct) - 1;
            }
            return count == 0 ? Presence.NONE : Presence.ALL;
        }
        Arrays.fill(targetPresence, 0, words, 0);
        for (int k = 0; k < count; k++) {
            int from = identity ? k : order[k];
            if ((presence[from >>> 6] >>> from & 1) != 0) {
                int to = identity ? k : rowOf[k];
                target[to] = values[from];
                targetPresence[to >>> 6] |= 1L << to;
            }
        }
        int present = 0;
        for (int word = 0; word < words; word++) {
            present += Long.bitCount(targetPresence[word]);
        }
        return present == 0 ? Presence.NONE : present == distinct ? Presence.ALL : Presence.SOME;
    }

    private void gatherPresent(long[] values, long[] target) {
        if (identity) {
            System.arraycopy(values, 0, target, 0, count);
            return;
        }
        for (int k = 0; k < count; k++) {
            target[rowOf[k]] = values[order[k]];
        }
    }

    private void reserve(int count) {
        if (order.length < count) {
            int size = Math.max(count, order.length + (order.length >> 1));
            order = new int[size];
            spare = new int[size];
            rowOf = new int[size];
        }
    }

    private static boolean isStrictlyAscending(long[] times, int count) {
        for (int i = 1; i < count; i++) {
            if (times[i] <= times[i - 1]) {
                return false;
            }
        }
        return true;
    }

    /// Fills [#order] with the identity and [#runs] with the starts of non-descending runs.
    private int findRuns(long[] times) {
        int runCount = 0;
        for (int i = 0; i < count; i++) {
            order[i] = i;
            if (i == 0 || times[i] < times[i - 1]) {
                if (runCount + 1 >= runs.length) {
                    runs = Arrays.copyOf(runs, 2 * runs.length);
                }
                runs[runCount++] = i;
            }
        }
        runs[runCount] = count;
        return runCount;
    }

    private void mergeRuns(long[] times, int runCount) {
        int left = runCount;
        while (left > 1) {
            int merged = 0;
            for (int run = 0; run < left; run += 2) {
                int from = runs[run];
                int mid = runs[run + 1];
                int to = run + 1 < left ? runs[run + 2] : mid;
                merge(times, from, mid, to);
                runs[merged++] = from;
            }
            runs[merged] = count;
            left = merged;
            int[] swap = order;
            order = spare;
            spare = swap;
        }
    }

    private void merge(long[] times, int from, int mid, int to) {
        int a = from;
        int b = mid;
        for (int k = from; k < to; k++) {
            if (a < mid && (b == to || times[order[a]] <= times[order[b]])) {
                spare[k] = order[a++];
            } else {
                spare[k] = order[b++];
            }
        }
    }
}
