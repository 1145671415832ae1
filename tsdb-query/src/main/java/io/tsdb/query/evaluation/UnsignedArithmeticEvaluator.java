package io.tsdb.query.evaluation;

import io.tsdb.query.analysis.UnsignedArithmetic;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.ArithmeticOperator;
import io.tsdb.query.sql.Position;

/// Arithmetic on columns of uint64, see [UnsignedArithmetic].
final class UnsignedArithmeticEvaluator implements Evaluator {
    private final ArithmeticOperator operator;
    private final Evaluator left;
    private final Evaluator right;
    private final ColumnVector result = new ColumnVector(ColumnType.UINT64);
    private final Position position;

    UnsignedArithmeticEvaluator(
            ArithmeticOperator operator, Evaluator left, Evaluator right, Position position) {
        this.operator = operator;
        this.left = left;
        this.right = right;
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
        int count = rows.rowCount();
        for (int i = 0; i < count; i++) {
            if (!result.isPresent(i)) {
                continue;
            }
            if (UnsignedArithmetic.dividesByZero(operator, b[i])) {
                result.setNull(i);
            } else {
                result.longs()[i] = UnsignedArithmetic.compute(operator, a[i], b[i], position);
            }
        }
        return result;
    }
}
