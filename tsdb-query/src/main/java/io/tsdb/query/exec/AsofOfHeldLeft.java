package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.ColumnLayout;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.Plan.JoinKey;
import io.tsdb.query.rows.RowStore;

import java.util.Arrays;

/// The left side is held; the right one passes by first, and of it only the row that is nearest to
/// the first row behind it is kept. What has none of its own takes that of the row before.
final class AsofOfHeldLeft implements AsofMatches {
    private final AsofOrder order;
    private final RowRuns runs;
    private final RowStore kept;
    private final int[] keptAt;
    private final long[] keptValues;
    private final int[] matchOf;
    private int handedOut;

    AsofOfHeldLeft(Plan.Asof plan, RowStore left, BatchSource right, QueryControl control) {
        this.order = new AsofOrder(plan);
        this.runs =
                new RowRuns(
                        left,
                        plan.keys().stream().map(JoinKey::left).toList(),
                        plan.order().left(),
                        control);
        MemoryAccount memory = control.memory().account();
        memory.reserve(left.size() * (2L * Integer.BYTES + Long.BYTES));
        this.kept = new RowStore(plan.right().types(), memory);
        this.keptAt = new int[left.size()];
        this.keptValues = new long[left.size()];
        this.matchOf = new int[left.size()];
        Arrays.fill(keptAt, -1);
        Arrays.fill(matchOf, -1);
        keep(plan, right, control);
        for (int run = 0; run < runs.runCount(); run++) {
            handOn(run);
        }
    }

    private void keep(Plan.Asof plan, BatchSource right, QueryControl control) {
        var compiler = new EvaluatorCompiler(ColumnLayout.INPUT, control.memory());
        Evaluator[] keys = compiler.compileAll(plan.keys().stream().map(JoinKey::right).toList());
        Evaluator time = compiler.compile(plan.order().right());
        var keyValues = new ColumnVector[keys.length];
        var found = new int[ColumnVector.ROWS_MAX];
        var window = new BatchWindow();
        int[] cursors = runs.newCursors();
        for (ColumnBatch batch = right.next(); batch != null; batch = right.next()) {
            control.check();
            window.set(batch);
            for (int i = 0; i < keys.length; i++) {
                keyValues[i] = keys[i].evaluate(window);
            }
            runs.find(keyValues, batch.rowCount(), found);
            ColumnVector times = time.evaluate(window);
            for (int row = 0; row < batch.rowCount(); row++) {
                if (found[row] >= 0 && times.isPresent(row)) {
                    keep(batch.columns(), row, found[row], times.longs()[row], cursors);
                }
            }
        }
    }

    private void keep(ColumnVector[] columns, int row, int run, long value, int[] cursors) {
        int place = order.placeOfFirst(runs, run, value, cursors);
        if (place < 0) {
            return;
        }
        if (keptAt[place] < 0) {
            keptAt[place] = kept.size();
        } else if (!order.isNearer(value, keptValues[place])) {
            return;
        }
        kept.set(keptAt[place], columns, row);
        keptValues[place] = value;
    }

    private void handOn(int run) {
        int begin = runs.begin(run);
        int end = runs.end(run);
        int nearest = -1;
        long value = 0;
        for (int i = 0; i < end - begin; i++) {
            int place = order.isBackwards() ? begin + i : end - 1 - i;
            if (keptAt[place] >= 0) {
                nearest = keptAt[place];
                value = keptValues[place];
            }
            if (nearest >= 0 && order.isNear(runs.value(place), value)) {
                matchOf[runs.row(place)] = nearest;
            }
        }
    }

    @Override
    public RowStore rows() {
        return kept;
    }

    @Override
    public void find(ColumnBatch left, int[] matched) {
        System.arraycopy(matchOf, handedOut, matched, 0, left.rowCount());
        handedOut += left.rowCount();
    }
}
