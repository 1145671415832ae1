package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.ArithmeticOperator;

/// Arithmetic on doubles; dividing by zero gives null.
final class DoubleArithmeticEvaluator implements Evaluator {
    private final ArithmeticOperator operator;
    private final Evaluator left;
    private final Evaluator right;
    private final ColumnVector result = new ColumnVector(ColumnType.FLOAT64);

    DoubleArithmeticEvaluator(ArithmeticOperator operator, Evaluator left, Evaluator right) {
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
        double[] r = result.doubles();
        int count = rows.rowCount();
        switch (operator) {
            case ADD -> {
                for (int i = 0; i < count; i++) {
                    r[i] = a[i] + b[i];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < count; i++) {
                    r[i] = a[i] - b[i];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < count; i++) {
                    r[i] = a[i] * b[i];
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < count; i++) {
                    r[i] = a[i] / b[i];
                }
                nullWhereZero(b, count);
            }
            case REMAINDER -> {
                for (int i = 0; i < count; i++) {
                    r[i] = a[i] % b[i];
                }
                nullWhereZero(b, count);
            }
            case INTEGER_DIVIDE -> throw new IllegalStateException("BUG: // of float64");
        }
        return result;
    }

    private void nullWhereZero(double[] divisors, int count) {
        for (int i = 0; i < count; i++) {
            if (divisors[i] == 0) {
                result.setNull(i);
            }
        }
    }
}
