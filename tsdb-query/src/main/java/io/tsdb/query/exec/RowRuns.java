package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.ColumnLayout;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.rows.GroupKeys;
import io.tsdb.query.rows.RowStore;

import java.util.Arrays;
import java.util.List;

/// Stored rows by their keys: those of equal keys are a run, sorted by a long (a time). Rows with a
/// NULL among these are in no run.
///
/// Rows of a series come from a scan in the order of time, so that a run is most often sorted as it
/// comes; and who looks for one time after the other goes on from where the last one was found.
final class RowRuns {
    private final GroupKeys keys;
    private final int[] starts;
    private final int[] rows;
    private final long[] values;

    RowRuns(
            RowStore store,
            List<BoundExpression> keyExpressions,
            BoundExpression order,
            QueryControl control) {
        MemoryAccount memory = control.memory().account();
        this.keys =
                new GroupKeys(
                        keyExpressions.stream().map(BoundExpression::type).toList(),
                        control.memory().account());
        int size = store.size();
        MemoryAccount scratch = control.memory().account();
        scratch.reserve((long) size * (Integer.BYTES + Long.BYTES));
        var slotOf = new int[size];
        var valueOf = new long[size];
        var compiler = new EvaluatorCompiler(ColumnLayout.INPUT, control.memory());
        read(
                store,
                compiler.compileAll(keyExpressions),
                compiler.compile(order),
                slotOf,
                valueOf,
                control);
        memory.reserve((long) size * (Integer.BYTES + Long.BYTES));
        memory.reserve((keys.size() + 1L) * Integer.BYTES);
        this.starts = new int[keys.size() + 1];
        for (int slot : slotOf) {
            if (slot >= 0) {
                starts[slot + 1]++;
            }
        }
        for (int slot = 0; slot < keys.size(); slot++) {
            starts[slot + 1] += starts[slot];
        }
        int[] next = Arrays.copyOf(starts, keys.size());
        this.rows = new int[starts[keys.size()]];
        this.values = new long[rows.length];
        for (int row = 0; row < size; row++) {
            if (slotOf[row] >= 0) {
                int at = next[slotOf[row]]++;
                rows[at] = row;
                values[at] = valueOf[row];
            }
        }
        sort(scratch, control);
        scratch.releaseAll();
    }

    private void read(
            RowStore store,
            Evaluator[] keyOf,
            Evaluator orderOf,
            int[] slotOf,
            long[] valueOf,
            QueryControl control) {
        var window = new StoredWindow(store);
        var keyValues = new ColumnVector[keyOf.length];
        var slots = new int[ColumnVector.ROWS_MAX];
        for (int from = 0; from < slotOf.length; from += ColumnVector.ROWS_MAX) {
            control.check();
            int count = Math.min(ColumnVector.ROWS_MAX, slotOf.length - from);
            window.set(from, count);
            for (int i = 0; i < keyValues.length; i++) {
                keyValues[i] = keyOf[i].evaluate(window);
            }
            keys.slots(keyValues, count, slots);
            ColumnVector order = orderOf.evaluate(window);
            for (ColumnVector values : keyValues) {
                leaveOutNulls(values, count, slots);
            }
            leaveOutNulls(order, count, slots);
            System.arraycopy(slots, 0, slotOf, from, count);
            System.arraycopy(order.longs(), 0, valueOf, from, count);
        }
    }

    private static void leaveOutNulls(ColumnVector values, int count, int[] slots) {
        for (int i = 0; i < count && !values.allPresent(); i++) {
            if (!values.isPresent(i)) {
                slots[i] = -1;
            }
        }
    }

    private void sort(MemoryAccount scratch, QueryControl control) {
        int[] rowScratch = {};
        long[] valueScratch = {};
        for (int run = 0; run + 1 < starts.length; run++) {
            int from = starts[run];
            int to = starts[run + 1];
            if (isSorted(from, to)) {
                continue;
            }
            control.check();
            if (rowScratch.length == 0) {
                scratch.reserve((long) rows.length * (Integer.BYTES + Long.BYTES));
                rowScratch = new int[rows.length];
                valueScratch = new long[rows.length];
            }
            sort(from, to, rowScratch, valueScratch);
        }
    }

    private boolean isSorted(int from, int to) {
        for (int i = from + 1; i < to; i++) {
            if (values[i - 1] > values[i]) {
                return false;
            }
        }
        return true;
    }

    /// Merge sort of `[from, to)`; stretches that are in order already are left alone.
    private void sort(int from, int to, int[] rowScratch, long[] valueScratch) {
        if (to - from < 2) {
            return;
        }
        int middle = from + to >>> 1;
        sort(from, middle, rowScratch, valueScratch);
        sort(middle, to, rowScratch, valueScratch);
        if (values[middle - 1] <= values[middle]) {
            return;
        }
        System.arraycopy(rows, from, rowScratch, from, middle - from);
        System.arraycopy(values, from, valueScratch, from, middle - from);
        int left = from;
        int right = middle;
        int at = from;
        while (left < middle) {
            if (right < to && valueScratch[left] > values[right]) {
                values[at] = values[right];
                rows[at++] = rows[right++];
            } else {
                values[at] = valueScratch[left];
                rows[at++] = rowScratch[left++];
            }
        }
    }

    /// Where each run begins: for [#behind].
    int[] newCursors() {
        return Arrays.copyOf(starts, starts.length);
    }

    int runCount() {
        return starts.length - 1;
    }

    /// Numbers of the runs of rows `[0, count)`, -1 where there is none or a key is NULL.
    void find(ColumnVector[] keyValues, int count, int[] runs) {
        keys.find(keyValues, count, runs);
    }

    int begin(int run) {
        return starts[run];
    }

    int end(int run) {
        return starts[run + 1];
    }

    /// Rows by their places.
    int[] rows() {
        return rows;
    }

    /// Row at a place of a run.
    int row(int place) {
        return rows[place];
    }

    /// The long by which the rows of a run are sorted.
    long value(int place) {
        return values[place];
    }

    /// The first place of a run from which on values are larger than one; the run's end when there
    /// is none.
    ///
    /// @param cursors where the search begins in each run, and what it found
    int behind(int run, long value, int[] cursors) {
        int begin = starts[run];
        int end = starts[run + 1];
        int at = cursors[run];
        int low = begin;
        int high = end;
        if (at < end && values[at] <= value) {
            // forward, by steps that double
            low = at + 1;
            int step = 1;
            while (low + step < end && values[low + step] <= value) {
                low += step + 1;
                step <<= 1;
            }
            high = Math.min(end, low + step);
        } else {
            high = at;
            int step = 1;
            while (high - step >= begin && values[high - step] > value) {
                high -= step;
                step <<= 1;
            }
            low = Math.max(begin, high - step);
        }
        while (low < high) {
            int middle = low + high >>> 1;
            if (values[middle] <= value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        cursors[run] = low;
        return low;
    }

    /// As [#behind], of values that are not less.
    int from(int run, long value, int[] cursors) {
        return value == Long.MIN_VALUE ? starts[run] : behind(run, value - 1, cursors);
    }
}
