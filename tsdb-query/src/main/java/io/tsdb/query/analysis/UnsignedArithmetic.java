package io.tsdb.query.analysis;

import io.tsdb.query.sql.ArithmeticOperator;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.Uint64;

/// Arithmetic of uint64, exact: what falls below zero or passes 2^64 - 1 is an error, dividing by
/// zero gives null. Numbers are as [Uint64] has them. Pure.
public final class UnsignedArithmetic {
    private UnsignedArithmetic() {}

    /// Whether the result is null, and not for [#compute].
    public static boolean dividesByZero(ArithmeticOperator operator, long right) {
        return Uint64.fold(right) == 0
                && (operator == ArithmeticOperator.INTEGER_DIVIDE
                        || operator == ArithmeticOperator.REMAINDER);
    }

    /// The result, unless it divides by zero.
    public static long compute(
            ArithmeticOperator operator, long left, long right, Position position) {
        long x = Uint64.fold(left);
        long y = Uint64.fold(right);
        boolean fits =
                switch (operator) {
                    case ADD -> Long.compareUnsigned(x + y, x) >= 0;
                    case SUBTRACT -> Long.compareUnsigned(x, y) >= 0;
                    case MULTIPLY -> Math.unsignedMultiplyHigh(x, y) == 0;
                    case INTEGER_DIVIDE, REMAINDER -> true;
                    case DIVIDE -> throw new IllegalStateException("BUG: division of uint64");
                };
        if (!fits) {
            throw new QueryException(
                    QueryErrorCode.OUT_OF_RANGE,
                    position,
                    Uint64.toText(left)
                            + " "
                            + operator.symbol()
                            + " "
                            + Uint64.toText(right)
                            + " passes the range of uint64");
        }
        return Uint64.fold(
                switch (operator) {
                    case ADD -> x + y;
                    case SUBTRACT -> x - y;
                    case MULTIPLY -> x * y;
                    case INTEGER_DIVIDE -> Long.divideUnsigned(x, y);
                    case REMAINDER -> Long.remainderUnsigned(x, y);
                    case DIVIDE -> throw new IllegalStateException("BUG: division of uint64");
                });
    }
}
