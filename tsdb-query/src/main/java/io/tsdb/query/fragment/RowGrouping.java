package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.rows.GroupKeys;

import java.util.List;

/// Groups by any expressions: each row's keys are looked up in a table.
final class RowGrouping implements Grouping {
    private final Evaluator[] keys;
    private final ColumnVector[] values;
    private final GroupKeys groups;
    private final AggregateInputs inputs;
    private final int[] slots = new int[ColumnVector.ROWS_MAX];

    RowGrouping(
            List<BoundExpression> keys,
            ScanColumns columns,
            AggregateInputs inputs,
            QueryMemory memory) {
        this.keys = new EvaluatorCompiler(columns, memory).compileAll(keys);
        this.values = new ColumnVector[keys.size()];
        this.groups =
                new GroupKeys(keys.stream().map(BoundExpression::type).toList(), memory.account());
        this.inputs = inputs;
    }

    @Override
    public void add(ScanRows rows, boolean[] decided) {
        for (int i = 0; i < keys.length; i++) {
            values[i] = keys[i].evaluate(rows);
        }
        groups.slots(values, rows.rowCount(), slots);
        inputs.ensureSlots(groups.size());
        inputs.addRows(rows, slots);
    }

    @Override
    public int groupCount() {
        return groups.size();
    }

    @Override
    public void writeKeys(int from, int count, ColumnVector[] target) {
        groups.write(from, count, target);
    }
}
