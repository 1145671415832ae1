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

/// Stored rows by their keys: those of equal keys are a chain, in the order in which they came.
final class JoinTable {
    private final GroupKeys keys;
    private final int[] first;
    private final int[] next;

    JoinTable(RowStore rows, List<BoundExpression> keyExpressions, QueryControl control) {
        MemoryAccount memory = control.memory().account();
        this.keys =
                new GroupKeys(
                        keyExpressions.stream().map(BoundExpression::type).toList(),
                        control.memory().account());
        Evaluator[] evaluators =
                new EvaluatorCompiler(ColumnLayout.INPUT, control.memory())
                        .compileAll(keyExpressions);
        memory.reserve((long) rows.size() * Integer.BYTES);
        this.next = new int[rows.size()];
        var window = new StoredWindow(rows);
        var values = new ColumnVector[evaluators.length];
        var slots = new int[ColumnVector.ROWS_MAX];
        for (int from = 0; from < next.length; from += ColumnVector.ROWS_MAX) {
            control.check();
            int count = Math.min(ColumnVector.ROWS_MAX, next.length - from);
            window.set(from, count);
            for (int i = 0; i < values.length; i++) {
                values[i] = evaluators[i].evaluate(window);
            }
            keys.slots(values, count, slots);
            System.arraycopy(slots, 0, next, from, count);
        }
        memory.reserve((long) keys.size() * Integer.BYTES);
        this.first = new int[keys.size()];
        Arrays.fill(first, -1);
        for (int row = next.length - 1; row >= 0; row--) {
            int slot = next[row];
            next[row] = first[slot];
            first[slot] = row;
        }
    }

    /// Numbers of the chains of rows `[0, count)`, -1 where there is none or a key is NULL.
    void find(ColumnVector[] values, int count, int[] chains) {
        keys.find(values, count, chains);
    }

    /// The first row of a chain.
    int first(int chain) {
        return first[chain];
    }

    /// The row behind another one of its chain, -1 when it is the last.
    int next(int row) {
        return next[row];
    }
}
