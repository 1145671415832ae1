package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.ColumnLayout;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.function.aggregate.Accumulator;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.rows.GroupKeys;

import org.jspecify.annotations.Nullable;

/// Groups of any rows, in one pass.
final class AggregateSource implements BatchSource {

    private final Plan.Aggregate plan;
    private final BatchSource input;
    private final QueryControl control;
    private final Evaluator[] keyEvaluators;
    private final long[] noTimes = new long[ColumnVector.ROWS_MAX];
    private final Evaluator[] arguments;
    private final Evaluator[][] more;
    private final ColumnVector[][] moreValues;
    private final @Nullable Evaluator time;
    private final Accumulator[] accumulators;
    private final ColumnVector[] keys;
    private final GroupKeys groups;
    private final BatchWindow window = new BatchWindow();
    private final int[] slots = new int[ColumnVector.ROWS_MAX];
    private final ColumnBatch output;
    private boolean isRead;
    private int written;

    AggregateSource(Plan.Aggregate plan, BatchSource input, QueryControl control) {
        this.plan = plan;
        this.input = input;
        this.control = control;
        var compiler = new EvaluatorCompiler(ColumnLayout.INPUT, control.memory());
        this.keyEvaluators = compiler.compileAll(plan.keys());
        this.keys = new ColumnVector[keyEvaluators.length];
        this.groups =
                new GroupKeys(
                        plan.keys().stream().map(BoundExpression::type).toList(),
                        control.memory().account());
        this.accumulators = new Accumulator[plan.aggregates().size()];
        this.arguments = new Evaluator[accumulators.length];
        this.more = new Evaluator[accumulators.length][];
        this.moreValues = new ColumnVector[accumulators.length][];
        boolean usesTime = false;
        for (int i = 0; i < accumulators.length; i++) {
            BoundExpression.Aggregate aggregate = plan.aggregates().get(i);
            accumulators[i] =
                    aggregate
                            .function()
                            .accumulator(aggregate.argument().type(), control.memory().account());
            arguments[i] = compiler.compile(aggregate.argument());
            more[i] = compiler.compileAll(aggregate.more());
            moreValues[i] = new ColumnVector[more[i].length];
            usesTime |= aggregate.function().usesTime();
        }
        BoundExpression timeColumn = plan.time();
        this.time = usesTime && timeColumn != null ? compiler.compile(timeColumn) : null;
        this.output = new ColumnBatch(plan.types());
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (!isRead) {
            isRead = true;
            read();
        }
        int count = Math.min(ColumnVector.ROWS_MAX, groups.size() - written);
        if (count <= 0) {
            return null;
        }
        control.check();
        for (int i = 0; i < keys.length; i++) {
            keys[i] = output.column(i);
        }
        groups.write(written, count, keys);
        for (int i = 0; i < accumulators.length; i++) {
            accumulators[i].writeResult(
                    written,
                    count,
                    output.column(keys.length + i),
                    plan.aggregates().get(i).place().position());
        }
        output.setRowCount(count);
        written += count;
        return output;
    }

    private void read() {
        for (ColumnBatch batch = input.next(); batch != null; batch = input.next()) {
            control.check();
            window.set(batch);
            add(batch.rowCount());
        }
        if (keys.length == 0 && groups.size() == 0) {
            // one group of no rows
            groups.slots(keys, 1, slots);
            ensureSlots();
        }
    }

    private void add(int rowCount) {
        for (int i = 0; i < keys.length; i++) {
            keys[i] = keyEvaluators[i].evaluate(window);
        }
        groups.slots(keys, rowCount, slots);
        ensureSlots();
        long[] times = time == null ? noTimes : time.evaluate(window).longs();
        for (int i = 0; i < accumulators.length; i++) {
            for (int j = 0; j < more[i].length; j++) {
                moreValues[i][j] = more[i][j].evaluate(window);
            }
            accumulators[i].setMore(moreValues[i]);
            accumulators[i].addRows(slots, arguments[i].evaluate(window), times, rowCount);
        }
        control.checkGroups(groups.size());
    }

    private void ensureSlots() {
        for (Accumulator accumulator : accumulators) {
            accumulator.ensureSlots(groups.size());
        }
    }

    @Override
    public void close() {
        input.close();
    }
}
