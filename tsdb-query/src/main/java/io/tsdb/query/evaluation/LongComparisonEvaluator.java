package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.ComparisonOperator;

/// Compares integers, times and bools.
final class LongComparisonEvaluator implements Evaluator {
    private final ComparisonOperator operator;
    private final Evaluator left;
    private final Evaluator right;
    private final ColumnVector result = new ColumnVector(ColumnType.BOOL);

    LongComparisonEvaluator(ComparisonOperator operator, Evaluator left, Evaluator right) {
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
        compare(operator, x.longs(), y.longs(), result.longs(), rows.rowCount());
        return result;
    }

    private static void compare(
            ComparisonOperator operator, long[] a, long[] b, long[] r, int count) {
        switch (operator) {
            case EQUAL -> {
                for (int i = 0; i < count; i++) {
                    r[i] = a[i] == b[i] ? 1 : 0;
                }
            }
            case NOT_EQUAL -> {
                for (int i = 0; i < count; i++) {
                    r[i] = a[i] != b[i] ? 1 : 0;
                }
            }
            case LESS -> {
                for (int i = 0; i < count; i++) {
                    r[i] = a[i] < b[i] ? 1 : 0;
                }
            }
            case LESS_OR_EQUAL -> {
                for (int i = 0; i < count; i++) {
                    r[i] = a[i] <= b[i] ? 1 : 0;
                }
            }
            case GREATER -> compare(ComparisonOperator.LESS, b, a, r, count);
            case GREATER_OR_EQUAL -> compare(ComparisonOperator.LESS_OR_EQUAL, b, a, r, count);
        }
    }
}
