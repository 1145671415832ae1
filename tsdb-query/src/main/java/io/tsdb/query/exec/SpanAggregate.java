package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.function.aggregate.Accumulator;
import io.tsdb.query.function.aggregate.AggregateFunction;
import io.tsdb.query.rows.RowStore;

import org.jspecify.annotations.Nullable;

/// One aggregate of stretches of stored rows. Where one row's stretch begins and ends not before
/// that of the row before, in the same run, it is kept as [SlidingStates], so that its length costs
/// nothing. One thread.
final class SpanAggregate {
    /// Work between two looks at whether the query goes on, in rows.
    private static final int ROWS_PER_CHECK = 65_536;

    private final BoundExpression.Aggregate aggregate;
    private final FrameRows rows;
    private final QueryControl control;
    private final MemoryAccount memory;
    private final @Nullable SlidingStates sliding;
    private boolean slides;
    private int lastRun = -1;
    private int lastFrom;
    private int lastTo;
    private int rowsSinceCheck;

    /// @param aggregate whose arguments are columns of the rows, as the time is
    /// @param order the rows by their places
    SpanAggregate(
            BoundExpression.Aggregate aggregate,
            BoundExpression time,
            RowStore stored,
            int[] order,
            QueryControl control) {
        this.aggregate = aggregate;
        this.control = control;
        this.memory = control.memory().account();
        AggregateFunction function = aggregate.function();
        this.rows = new FrameRows(function, columns(aggregate, time), stored, order);
        boolean isNumeric =
                !function.holdsRows()
                        && !function.stateTypes(rows.type()).contains(ColumnType.STRING);
        this.sliding =
                isNumeric
                        ? new SlidingStates(
                                function,
                                rows,
                                control.memory().account(),
                                control.memory().account())
                        : null;
    }

    /// Columns of the arguments, then of the time when the aggregate looks at it.
    private static int[] columns(BoundExpression.Aggregate aggregate, BoundExpression time) {
        var arguments = aggregate.arguments();
        int count = arguments.size();
        var columns = new int[count + (aggregate.function().usesTime() ? 1 : 0)];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = column(i < count ? arguments.get(i) : time);
        }
        return columns;
    }

    static int column(BoundExpression expression) {
        if (expression instanceof Input input) {
            return input.index();
        }
        throw new IllegalStateException("BUG: " + expression + " is no column");
    }

    /// Writes the results of rows `[0, count)`.
    ///
    /// @param run of each row, -1 for none
    /// @param from, to places of its stretch
    void compute(int[] run, int[] from, int[] to, int count, ColumnVector result) {
        memory.releaseAll();
        Accumulator states = aggregate.function().accumulator(rows.type(), memory);
        states.ensureSlots(count);
        for (int row = 0; row < count; row++) {
            if (run[row] >= 0) {
                add(states, row, run[row], from[row], to[row]);
            }
        }
        states.writeResult(0, count, result, aggregate.place().position());
    }

    private void add(Accumulator states, int slot, int run, int from, int to) {
        SlidingStates kept = sliding;
        boolean follows = run == lastRun && from >= lastFrom && to >= lastTo;
        if (kept == null || !follows || SlidingStates.isShort(from, to)) {
            rows.addRange(states, slot, from, to);
            count(to - from);
            slides = false;
        } else {
            if (!slides) {
                kept.reset(from);
                slides = true;
                count(to - from);
            }
            kept.moveTo(from, to);
            kept.mergeInto(states, slot);
            count(1);
        }
        lastRun = run;
        lastFrom = from;
        lastTo = to;
    }

    private void count(int worked) {
        rowsSinceCheck += worked;
        if (rowsSinceCheck > ROWS_PER_CHECK || rowsSinceCheck < 0) {
            rowsSinceCheck = 0;
            control.check();
        }
    }
}
