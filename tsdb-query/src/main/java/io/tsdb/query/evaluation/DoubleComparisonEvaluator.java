package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.scalar.ValueOrder;
import io.tsdb.query.sql.ComparisonOperator;

/// Compares doubles. NaN equals NaN and is greater than every number.
final class DoubleComparisonEvaluator implements Evaluator {
    private final ComparisonOperator operator;
    private final Evaluator left;
    private final Evaluator right;
    private final ColumnVector result = new ColumnVector(ColumnType.BOOL);

    DoubleComparisonEvaluator(ComparisonOperator operator, Evaluator left, Evaluator right) {
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
        double[] a = x.doubles();
        double[] b = y.doubles();
        long[] r = result.longs();
        int count = rows.rowCount();
        if (hasNaN(a, count) || hasNaN(b, count)) {
            for (int i = 0; i < count; i++) {
                r[i] = operator.holds(ValueOrder.compare(a[i], b[i])) ? 1 : 0;
            }
        } else {
            compare(operator, a, b, r, count);
        }
        return result;
    }

    private static boolean hasNaN(double[] values, int count) {
        boolean found = false;
        for (int i = 0; i < count; i++) {
            found |= Double.isNaN(values[i]);
        }
        return found;
    }

    private static void compare(
            ComparisonOperator operator, double[] a, double[] b, long[] r, int count) {
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
