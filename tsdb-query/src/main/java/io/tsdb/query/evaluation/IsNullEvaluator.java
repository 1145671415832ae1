package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

/// `IS NULL` and `IS NOT NULL`.
final class IsNullEvaluator implements Evaluator {
    private final Evaluator operand;
    private final boolean negated;
    private final ColumnVector result = new ColumnVector(ColumnType.BOOL);

    IsNullEvaluator(Evaluator operand, boolean negated) {
        this.operand = operand;
        this.negated = negated;
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        ColumnVector values = operand.evaluate(rows);
        for (int i = 0; i < rows.rowCount(); i++) {
            result.longs()[i] = values.isPresent(i) == negated ? 1 : 0;
        }
        result.setAllPresent();
        return result;
    }
}
