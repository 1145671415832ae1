package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.scalar.CalendarTime;
import io.tsdb.query.function.scalar.WallClock;
import io.tsdb.query.sql.ArithmeticOperator;
import io.tsdb.query.sql.Interval;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;

/// Arithmetic on constants, done once, so that `now() - interval '1h'` is a plain bound of the
/// scan. What passes its range is left as it is: it is an error for those rows alone that reach it.
final class ConstantArithmetic {
    private ConstantArithmetic() {}

    /// @return the folded constant, or null when it is none or passes its range
    static @Nullable Constant fold(
            ArithmeticOperator operator,
            BoundExpression left,
            BoundExpression right,
            ColumnType type,
            Position position) {
        if (!(left instanceof Constant(_, Object a)) || !(right instanceof Constant(_, Object b))) {
            return null;
        }
        if (a == null || b == null) {
            return new Constant(type, null);
        }
        if (a instanceof Long x && b instanceof Long y) {
            try {
                return new Constant(type, wholes(operator, x, y, type, position));
            } catch (QueryException _) {
                return null;
            }
        }
        if (a instanceof Double x && b instanceof Double y) {
            return new Constant(type, doubles(operator, x, y));
        }
        return null;
    }

    /// @throws QueryException `out_of_range` when an operation on constants anywhere in the
    ///   expression passes its range: where a constant is wanted, there are no rows to wait for
    static void requireValues(BoundExpression expression) {
        ExpressionTree.visit(
                expression,
                e -> {
                    if (e instanceof BoundExpression.Failing failing) {
                        throw failing.error();
                    }
                    if (e
                            instanceof
                            BoundExpression.Arithmetic(
                                    ArithmeticOperator operator,
                                    Constant(_, Long x),
                                    Constant(_, Long y),
                                    ColumnType type,
                                    Place place)) {
                        wholes(operator, x, y, type, place.position());
                    }
                });
    }

    private static @Nullable Object wholes(
            ArithmeticOperator operator, long x, long y, ColumnType type, Position position) {
        if (type != ColumnType.UINT64) {
            return longs(operator, x, y, position);
        }
        return UnsignedArithmetic.dividesByZero(operator, y)
                ? null
                : (Object) UnsignedArithmetic.compute(operator, x, y, position);
    }

    private static @Nullable Object longs(
            ArithmeticOperator operator, long x, long y, Position position) {
        try {
            return switch (operator) {
                case ADD -> Math.addExact(x, y);
                case SUBTRACT -> Math.subtractExact(x, y);
                case MULTIPLY -> Math.multiplyExact(x, y);
                case INTEGER_DIVIDE -> y == 0 ? null : (Object) Math.divideExact(x, y);
                case REMAINDER -> y == 0 ? null : (Object) (x % y);
                case DIVIDE -> throw new IllegalStateException("BUG: division of int64");
            };
        } catch (ArithmeticException _) {
            throw new QueryException(
                    QueryErrorCode.OUT_OF_RANGE,
                    position,
                    x + " " + operator.symbol() + " " + y + " passes the range of int64");
        }
    }

    private static @Nullable Object doubles(ArithmeticOperator operator, double x, double y) {
        return switch (operator) {
            case ADD -> x + y;
            case SUBTRACT -> x - y;
            case MULTIPLY -> x * y;
            case DIVIDE -> y == 0 ? null : (Object) (x / y);
            case REMAINDER -> y == 0 ? null : (Object) (x % y);
            case INTEGER_DIVIDE -> throw new IllegalStateException("BUG: // of float64");
        };
    }

    /// A time moved by an interval; months follow the calendar.
    ///
    /// @param clock that the calendar goes by; null for UTC
    static long move(
            long nanos, Interval by, boolean back, Position position, @Nullable WallClock clock) {
        try {
            long months = back ? Math.negateExact(by.months()) : by.months();
            long moved = months == 0 ? nanos : plusMonths(nanos, months, clock);
            return back ? Math.subtractExact(moved, by.nanos()) : Math.addExact(moved, by.nanos());
        } catch (ArithmeticException | DateTimeException _) {
            throw new QueryException(
                    QueryErrorCode.OUT_OF_RANGE,
                    position,
                    "the time passes the range of 1677-09-21 to 2262-04-11");
        }
    }

    private static long plusMonths(long nanos, long months, @Nullable WallClock clock) {
        return clock == null
                ? CalendarTime.plusMonths(nanos, months)
                : clock.toTime(CalendarTime.plusMonths(clock.toLocal(nanos), months));
    }
}
