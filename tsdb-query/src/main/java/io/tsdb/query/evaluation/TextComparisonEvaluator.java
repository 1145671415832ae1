package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.TextOrder;
import io.tsdb.query.sql.ComparisonOperator;

/// Compares two columns of strings by code points.
final class TextComparisonEvaluator implements Evaluator {
    private final ComparisonOperator operator;
    private final Evaluator left;
    private final Evaluator right;
    private final ColumnVector result = new ColumnVector(ColumnType.BOOL);

    TextComparisonEvaluator(ComparisonOperator operator, Evaluator left, Evaluator right) {
        this.operator = operator;
        this.left = left;
        this.right = right;
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        ColumnVector x = left.evaluate(rows);
        ColumnVector y = right.evaluate(rows);
        result.copyPresence(x);
        result.andPresence(y);
        for (int i = 0; i < rows.rowCount(); i++) {
            if (result.isPresent(i)) {
                int order = TextOrder.compare(x.string(i), y.string(i));
                result.longs()[i] = operator.holds(order) ? 1 : 0;
            }
        }
        return result;
    }
}
