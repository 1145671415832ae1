package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.ColumnLayout;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.Plan.JoinKey;
import io.tsdb.query.rows.RowStore;

/// The right side is held; of each row of the left one that passes by, the rows around it are a
/// stretch of a run.
final class SpansOfHeldRight implements SpanAggregates {
    private final Plan.WindowJoin plan;
    private final RowRuns runs;
    private final int[] startCursors;
    private final int[] endCursors;
    private final Evaluator[] keys;
    private final ColumnVector[] keyValues;
    private final Evaluator time;
    private final SpanAggregate[] aggregates;
    private final BatchWindow window = new BatchWindow();
    private final int[] run = new int[ColumnVector.ROWS_MAX];
    private final int[] from = new int[ColumnVector.ROWS_MAX];
    private final int[] to = new int[ColumnVector.ROWS_MAX];

    SpansOfHeldRight(Plan.WindowJoin plan, RowStore right, QueryControl control) {
        this.plan = plan;
        this.runs =
                new RowRuns(
                        right,
                        plan.keys().stream().map(JoinKey::right).toList(),
                        plan.order().right(),
                        control);
        this.startCursors = runs.newCursors();
        this.endCursors = runs.newCursors();
        var compiler = new EvaluatorCompiler(ColumnLayout.INPUT, control.memory());
        this.keys = compiler.compileAll(plan.keys().stream().map(JoinKey::left).toList());
        this.keyValues = new ColumnVector[keys.length];
        this.time = compiler.compile(plan.order().left());
        this.aggregates = new SpanAggregate[plan.aggregates().size()];
        for (int i = 0; i < aggregates.length; i++) {
            BoundExpression.Aggregate aggregate = plan.aggregates().get(i);
            aggregates[i] =
                    new SpanAggregate(aggregate, plan.order().right(), right, runs.rows(), control);
        }
    }

    @Override
    public void next(ColumnBatch left, ColumnVector[] results) {
        window.set(left);
        for (int i = 0; i < keys.length; i++) {
            keyValues[i] = keys[i].evaluate(window);
        }
        int count = left.rowCount();
        runs.find(keyValues, count, run);
        ColumnVector times = time.evaluate(window);
        for (int row = 0; row < count; row++) {
            if (!times.isPresent(row)) {
                run[row] = -1;
            }
            if (run[row] >= 0) {
                findSpan(row, times.longs()[row]);
            }
        }
        for (int i = 0; i < aggregates.length; i++) {
            aggregates[i].compute(run, from, to, count, results[i]);
        }
    }

    private void findSpan(int row, long at) {
        int of = run[row];
        long begin = at + plan.from();
        long end = at + plan.to();
        boolean beginsBehindAll = plan.from() > 0 && begin < at;
        boolean beginsBeforeAll = plan.from() < 0 && begin > at;
        boolean endsBehindAll = plan.to() > 0 && end < at;
        boolean endsBeforeAll = plan.to() < 0 && end > at;
        int first =
                beginsBeforeAll
                        ? runs.begin(of)
                        : beginsBehindAll ? runs.end(of) : runs.from(of, begin, startCursors);
        int last =
                endsBeforeAll
                        ? runs.begin(of)
                        : endsBehindAll ? runs.end(of) : runs.behind(of, end, endCursors);
        boolean isAtBegin = first < runs.end(of) && !beginsBeforeAll && runs.value(first) == begin;
        if (plan.withPrevailing() && first > runs.begin(of) && !isAtBegin) {
            first--;
        }
        from[row] = first;
        to[row] = Math.max(first, last);
    }
}
