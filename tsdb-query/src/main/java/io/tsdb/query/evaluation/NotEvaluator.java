package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

/// `NOT`: null stays null.
final class NotEvaluator implements Evaluator {
    private final Evaluator operand;
    private final ColumnVector result = new ColumnVector(ColumnType.BOOL);

    NotEvaluator(Evaluator operand) {
        this.operand = operand;
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        ColumnVector values = operand.evaluate(rows);
        result.copyPresence(values);
        long[] a = values.longs();
        long[] r = result.longs();
        for (int i = 0; i < rows.rowCount(); i++) {
            r[i] = a[i] ^ 1;
        }
        return result;
    }
}
