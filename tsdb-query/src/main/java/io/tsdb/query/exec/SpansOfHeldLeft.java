package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.ColumnLayout;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.function.aggregate.Accumulator;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.Plan.JoinKey;
import io.tsdb.query.rows.RowStore;

import java.util.Arrays;

/// The left side is held, a state of each aggregate for each of its rows; each row of the right one
/// that passes by is taken into the states of all rows that it lies around. The newest row before a
/// span is kept for the first row behind it, and handed on to those that have none nearer.
final class SpansOfHeldLeft implements SpanAggregates {
    private final Plan.WindowJoin plan;
    private final QueryControl control;
    private final RowRuns runs;
    private final Accumulator[] accumulators;
    private final int[][] arguments;
    private final ColumnVector[] taken;
    private final ColumnVector[][] more;
    private final int[] slots = new int[ColumnVector.ROWS_MAX];
    private final int[] selection = new int[ColumnVector.ROWS_MAX];
    private final RowStore kept;
    private final int[] keptAt;
    private final long[] keptTimes;
    private final boolean[] isAtBegin;
    private int pairs;
    private int handedOut;

    SpansOfHeldLeft(Plan.WindowJoin plan, RowStore left, BatchSource right, QueryControl control) {
        this.plan = plan;
        this.control = control;
        this.runs =
                new RowRuns(
                        left,
                        plan.keys().stream().map(JoinKey::left).toList(),
                        plan.order().left(),
                        control);
        int size = left.size();
        int count = plan.aggregates().size();
        this.taken = new ColumnVector[plan.right().types().size()];
        Arrays.setAll(taken, i -> new ColumnVector(plan.right().types().get(i)));
        control.memory().account().reserve(ColumnBatch.memoryBytes(taken.length));
        this.accumulators = new Accumulator[count];
        this.arguments = new int[count][];
        this.more = new ColumnVector[count][];
        for (int i = 0; i < count; i++) {
            BoundExpression.Aggregate aggregate = plan.aggregates().get(i);
            arguments[i] = aggregate.arguments().stream().mapToInt(SpanAggregate::column).toArray();
            accumulators[i] =
                    aggregate
                            .function()
                            .accumulator(aggregate.argument().type(), control.memory().account());
            accumulators[i].ensureSlots(size);
            more[i] = new ColumnVector[arguments[i].length - 1];
            for (int j = 0; j < more[i].length; j++) {
                more[i][j] = taken[arguments[i][j + 1]];
            }
        }
        int keptSize = plan.withPrevailing() ? size : 0;
        MemoryAccount memory = control.memory().account();
        memory.reserve(keptSize * (Integer.BYTES + Long.BYTES + 1L));
        this.kept = new RowStore(plan.right().types(), memory);
        this.keptAt = new int[keptSize];
        Arrays.fill(keptAt, -1);
        this.keptTimes = new long[keptSize];
        this.isAtBegin = new boolean[keptSize];
        take(right);
        if (plan.withPrevailing()) {
            takePrevailing();
        }
    }

    private void take(BatchSource right) {
        var compiler = new EvaluatorCompiler(ColumnLayout.INPUT, control.memory());
        Evaluator[] keys = compiler.compileAll(plan.keys().stream().map(JoinKey::right).toList());
        Evaluator time = compiler.compile(plan.order().right());
        var keyValues = new ColumnVector[keys.length];
        var found = new int[ColumnVector.ROWS_MAX];
        var window = new BatchWindow();
        int[] fromCursors = runs.newCursors();
        int[] toCursors = runs.newCursors();
        int[] beginCursors = runs.newCursors();
        for (ColumnBatch batch = right.next(); batch != null; batch = right.next()) {
            control.check();
            window.set(batch);
            for (int i = 0; i < keys.length; i++) {
                keyValues[i] = keys[i].evaluate(window);
            }
            runs.find(keyValues, batch.rowCount(), found);
            ColumnVector times = time.evaluate(window);
            for (int row = 0; row < batch.rowCount(); row++) {
                int run = found[row];
                if (run < 0 || !times.isPresent(row)) {
                    continue;
                }
                long at = times.longs()[row];
                int from = placeFrom(run, at, fromCursors);
                int to = placeTo(run, at, toCursors);
                for (int place = from; place < to; place++) {
                    pair(batch, row, runs.row(place));
                }
                if (plan.withPrevailing()) {
                    keep(batch, row, run, at, to, beginCursors);
                }
            }
            flush(batch);
        }
    }

    /// The first row of the left side whose span ends at or behind a time.
    private int placeFrom(int run, long at, int[] cursors) {
        long least = at - plan.to();
        if (plan.to() > 0 && least > at) {
            return runs.begin(run);
        }
        return plan.to() < 0 && least < at ? runs.end(run) : runs.from(run, least, cursors);
    }

    /// The first row of the left side whose span begins behind a time.
    private int placeTo(int run, long at, int[] cursors) {
        long most = at - plan.from();
        if (plan.from() > 0 && most > at) {
            return runs.begin(run);
        }
        return plan.from() < 0 && most < at ? runs.end(run) : runs.behind(run, most, cursors);
    }

    private void pair(ColumnBatch batch, int row, int slot) {
        selection[pairs] = row;
        slots[pairs] = slot;
        pairs++;
        if (pairs == ColumnVector.ROWS_MAX) {
            flush(batch);
            control.check();
        }
    }

    private void flush(ColumnBatch batch) {
        if (pairs > 0) {
            for (int column = 0; column < taken.length; column++) {
                taken[column].gather(batch.column(column), selection, pairs);
            }
            addTaken(pairs);
            pairs = 0;
        }
    }

    private void addTaken(int count) {
        long[] times = taken[SpanAggregate.column(plan.order().right())].longs();
        for (int i = 0; i < accumulators.length; i++) {
            accumulators[i].setMore(more[i]);
            accumulators[i].addRows(slots, taken[arguments[i][0]], times, count);
        }
    }

    /// Keeps the newest row before the span of the first row whose span begins behind it.
    private void keep(ColumnBatch batch, int row, int run, long at, int place, int[] cursors) {
        long begin = at - plan.from();
        boolean overflows = plan.from() > 0 ? begin > at : begin < at && plan.from() < 0;
        if (!overflows) {
            for (int i = runs.from(run, begin, cursors); i < place; i++) {
                isAtBegin[i] = true;
            }
        }
        if (place >= runs.end(run) || keptAt[place] >= 0 && keptTimes[place] > at) {
            return;
        }
        if (keptAt[place] < 0) {
            keptAt[place] = kept.size();
        }
        kept.set(keptAt[place], batch.columns(), row);
        keptTimes[place] = at;
    }

    private void takePrevailing() {
        for (int run = 0; run < runs.runCount(); run++) {
            int nearest = -1;
            for (int place = runs.begin(run); place < runs.end(run); place++) {
                nearest = keptAt[place] >= 0 ? keptAt[place] : nearest;
                if (nearest >= 0 && !isAtBegin[place]) {
                    selection[pairs] = nearest;
                    slots[pairs] = runs.row(place);
                    pairs++;
                    if (pairs == ColumnVector.ROWS_MAX) {
                        flushKept();
                    }
                }
            }
        }
        flushKept();
    }

    private void flushKept() {
        control.check();
        if (pairs > 0) {
            for (int column = 0; column < taken.length; column++) {
                kept.writeColumn(column, selection, 0, pairs, taken[column]);
            }
            addTaken(pairs);
            pairs = 0;
        }
    }

    @Override
    public void next(ColumnBatch left, ColumnVector[] results) {
        int count = left.rowCount();
        for (int i = 0; i < accumulators.length; i++) {
            accumulators[i].writeResult(
                    handedOut, count, results[i], plan.aggregates().get(i).place().position());
        }
        handedOut += count;
    }
}
