package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.ArithmeticOperator;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

/// Arithmetic on 64-bit integers, times included. Passing 64 bits is an error, dividing by zero
/// gives null.
final class LongArithmeticEvaluator implements Evaluator {
    private final ArithmeticOperator operator;
    private final Evaluator left;
    private final Evaluator right;
    private final ColumnVector result;
    private final Position position;

    LongArithmeticEvaluator(
            ArithmeticOperator operator,
            Evaluator left,
            Evaluator right,
            ColumnType type,
            Position position) {
        this.operator = operator;
        this.left = left;
        this.right = right;
        this.result = new ColumnVector(type);
        this.position = position;
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        ColumnVector x = left.evaluate(rows);
        ColumnVector y = right.evaluate(rows);
        result.copyPresence(x);
        result.andPresence(y);
        long[] a = x.longs();
        long[] b = y.longs();
        long[] r = result.longs();
        int count = rows.rowCount();
        switch (operator) {
            case ADD -> add(a, b, r, count);
            case SUBTRACT -> subtract(a, b, r, count);
            case MULTIPLY -> multiply(a, b, r, count);
            case INTEGER_DIVIDE -> divide(a, b, r, count);
            case REMAINDER -> remainder(a, b, r, count);
            case DIVIDE -> throw new IllegalStateException("BUG: division of int64");
        }
        return result;
    }

    private void add(long[] a, long[] b, long[] r, int count) {
        long overflow = 0;
        for (int i = 0; i < count; i++) {
            long sum = a[i] + b[i];
            overflow |= (a[i] ^ sum) & (b[i] ^ sum);
            r[i] = sum;
        }
        if (overflow < 0) {
            for (int i = 0; i < count; i++) {
                if (((a[i] ^ r[i]) & (b[i] ^ r[i])) < 0) {
                    fail(a[i], b[i], i);
                }
            }
        }
    }

    private void subtract(long[] a, long[] b, long[] r, int count) {
        long overflow = 0;
        for (int i = 0; i < count; i++) {
            long difference = a[i] - b[i];
            overflow |= (a[i] ^ b[i]) & (a[i] ^ difference);
            r[i] = difference;
        }
        if (overflow < 0) {
            for (int i = 0; i < count; i++) {
                if (((a[i] ^ b[i]) & (a[i] ^ r[i])) < 0) {
                    fail(a[i], b[i], i);
                }
            }
        }
    }

    private void multiply(long[] a, long[] b, long[] r, int count) {
        for (int i = 0; i < count; i++) {
            long product = a[i] * b[i];
            if (Math.multiplyHigh(a[i], b[i]) != product >> 63) {
                fail(a[i], b[i], i);
            }
            r[i] = product;
        }
    }

    private void divide(long[] a, long[] b, long[] r, int count) {
        for (int i = 0; i < count; i++) {
            if (b[i] == 0) {
                result.setNull(i);
            } else {
                if (a[i] == Long.MIN_VALUE && b[i] == -1) {
                    fail(a[i], b[i], i);
                }
                r[i] = a[i] / b[i];
            }
        }
    }

    private void remainder(long[] a, long[] b, long[] r, int count) {
        for (int i = 0; i < count; i++) {
            if (b[i] == 0) {
                result.setNull(i);
            } else {
                r[i] = a[i] % b[i];
            }
        }
    }

    /// An error unless the row is null anyway.
    private void fail(long a, long b, int row) {
        if (result.isPresent(row)) {
            throw new QueryException(
                    QueryErrorCode.OUT_OF_RANGE,
                    position,
                    a + " " + operator.symbol() + " " + b + " passes the range of int64");
        }
    }
}
