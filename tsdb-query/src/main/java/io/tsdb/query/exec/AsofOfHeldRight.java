package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.ColumnLayout;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.Plan.JoinKey;
import io.tsdb.query.rows.RowStore;

import java.util.List;

/// The right side is held; the left one passes by.
final class AsofOfHeldRight implements AsofMatches {
    private final RowStore right;
    private final AsofOrder order;
    private final RowRuns runs;
    private final int[] cursors;
    private final Evaluator[] keys;
    private final ColumnVector[] keyValues;
    private final Evaluator time;
    private final BatchWindow window = new BatchWindow();
    private final int[] found = new int[ColumnVector.ROWS_MAX];

    AsofOfHeldRight(Plan.Asof plan, RowStore right, QueryControl control) {
        this.right = right;
        this.order = new AsofOrder(plan);
        List<JoinKey> all = plan.keys();
        this.runs =
                new RowRuns(
                        right,
                        all.stream().map(JoinKey::right).toList(),
                        plan.order().right(),
                        control);
        this.cursors = runs.newCursors();
        var compiler = new EvaluatorCompiler(ColumnLayout.INPUT, control.memory());
        this.keys = compiler.compileAll(all.stream().map(JoinKey::left).toList());
        this.keyValues = new ColumnVector[keys.length];
        this.time = compiler.compile(plan.order().left());
    }

    @Override
    public RowStore rows() {
        return right;
    }

    @Override
    public void find(ColumnBatch left, int[] matched) {
        window.set(left);
        for (int i = 0; i < keys.length; i++) {
            keyValues[i] = keys[i].evaluate(window);
        }
        int count = left.rowCount();
        runs.find(keyValues, count, found);
        ColumnVector times = time.evaluate(window);
        long[] values = times.longs();
        for (int i = 0; i < count; i++) {
            int run = times.isPresent(i) ? found[i] : -1;
            matched[i] = run < 0 ? -1 : nearest(run, values[i]);
        }
    }

    private int nearest(int run, long value) {
        int place = order.placeOfNearest(runs, run, value, cursors);
        return place < 0 || !order.isNear(value, runs.value(place)) ? -1 : runs.row(place);
    }
}
