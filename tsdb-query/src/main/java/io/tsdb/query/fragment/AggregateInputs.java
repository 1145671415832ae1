package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Aggregate;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.function.aggregate.Accumulator;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.List;

/// The aggregates of a fragment with their accumulators and arguments: takes in blocks, whole by
/// statistics where these suffice.
final class AggregateInputs {
    private static final int NO_COLUMN = -1;
    private static final long[] NO_TIMES = {};

    private final Accumulator[] accumulators;
    private final Evaluator[] arguments;
    private final Evaluator[][] more;
    private final ColumnVector[][] moreValues;
    private final int[] columns;
    private final boolean[] usesTime;

    /// Whether all rows of a series have the same value.
    private final boolean[] isOfSeries;

    AggregateInputs(List<Aggregate> aggregates, ScanColumns layout, QueryMemory memory) {
        int count = aggregates.size();
        accumulators = new Accumulator[count];
        arguments = new Evaluator[count];
        more = new Evaluator[count][];
        moreValues = new ColumnVector[count][];
        columns = new int[count];
        usesTime = new boolean[count];
        isOfSeries = new boolean[count];
        var compiler = new EvaluatorCompiler(layout, memory);
        for (int i = 0; i < count; i++) {
            Aggregate aggregate = aggregates.get(i);
            BoundExpression argument = aggregate.argument();
            accumulators[i] = aggregate.function().accumulator(argument.type(), memory.account());
            arguments[i] = compiler.compile(argument);
            more[i] = compiler.compileAll(aggregate.more());
            moreValues[i] = new ColumnVector[more[i].length];
            boolean isColumn =
                    argument instanceof BoundExpression.Time
                            || argument instanceof BoundExpression.Field;
            columns[i] = isColumn ? layout.indexOf(argument) : NO_COLUMN;
            isOfSeries[i] = aggregate.arguments().stream().allMatch(ExpressionTree::readsOnlyTags);
            usesTime[i] = aggregate.function().usesTime();
        }
    }

    int count() {
        return accumulators.length;
    }

    Accumulator accumulator(int index) {
        return accumulators[index];
    }

    void ensureSlots(int count) {
        for (Accumulator accumulator : accumulators) {
            accumulator.ensureSlots(count);
        }
    }

    /// Takes all rows of the window into one slot.
    ///
    /// @param decided set where an aggregate met a value, or will meet none in this series
    void addAll(ScanRows rows, int slot, boolean[] decided) {
        for (int i = 0; i < accumulators.length; i++) {
            ColumnStatistics statistics =
                    columns[i] == NO_COLUMN || rows.isSelected()
                            ? null
                            : rows.statistics(columns[i]);
            if (statistics != null && accumulators[i].addStatistics(slot, statistics)) {
                decided[i] |= statistics.count() > 0;
            } else {
                ColumnVector values = values(i, rows);
                accumulators[i].addRange(slot, values, times(i, rows), 0, rows.rowCount());
                decided[i] |= isOfSeries[i] || hasValue(values, rows.rowCount());
            }
        }
    }

    private static boolean hasValue(ColumnVector values, int count) {
        if (values.allPresent()) {
            return true;
        }
        for (int row = 0; row < count; row++) {
            if (values.isPresent(row)) {
                return true;
            }
        }
        return false;
    }

    /// Takes runs of rows into their slots.
    void addRuns(ScanRows rows, BucketRuns runs, int[] slots) {
        for (int i = 0; i < accumulators.length; i++) {
            ColumnVector values = values(i, rows);
            long[] times = times(i, rows);
            Accumulator accumulator = accumulators[i];
            int from = 0;
            for (int run = 0; run < runs.count(); run++) {
                int to = runs.end(run);
                accumulator.addRange(slots[run], values, times, from, to);
                from = to;
            }
        }
    }

    /// Takes each row into its slot.
    void addRows(ScanRows rows, int[] slots) {
        for (int i = 0; i < accumulators.length; i++) {
            ColumnVector values = values(i, rows);
            accumulators[i].addRows(slots, values, times(i, rows), rows.rowCount());
        }
    }

    /// The first argument; the others are shown to the accumulator.
    private ColumnVector values(int aggregate, ScanRows rows) {
        Evaluator[] others = more[aggregate];
        if (others.length > 0) {
            for (int i = 0; i < others.length; i++) {
                moreValues[aggregate][i] = others[i].evaluate(rows);
            }
            accumulators[aggregate].setMore(moreValues[aggregate]);
        }
        return arguments[aggregate].evaluate(rows);
    }

    private long[] times(int aggregate, ScanRows rows) {
        return usesTime[aggregate] ? rows.column(ScanColumns.TIME).longs() : NO_TIMES;
    }
}
