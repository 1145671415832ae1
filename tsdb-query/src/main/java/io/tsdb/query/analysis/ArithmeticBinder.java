package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Arithmetic;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.Functions;
import io.tsdb.query.function.scalar.WallClock;
import io.tsdb.query.sql.ArithmeticOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Interval;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/// Types of `+ - * / // %` on numbers, times and intervals.
final class ArithmeticBinder {
    private ArithmeticBinder() {}

    /// @param interval the right side when it is an interval, a text that is one included; else
    ///   null
    /// @param clock that the calendar of the left side goes by; null for UTC
    static BoundExpression bind(
            Expression.Arithmetic source,
            BoundExpression left,
            @Nullable BoundExpression right,
            @Nullable Interval interval,
            @Nullable WallClock clock) {
        Position at = source.position();
        if (interval != null) {
            return moved(source, left, interval, clock);
        }
        if (right == null) {
            throw new IllegalStateException("BUG: neither an operand nor an interval");
        }
        if (left.type() == ColumnType.TIMESTAMP || right.type() == ColumnType.TIMESTAMP) {
            return times(source, left, right);
        }
        ArithmeticOperator operator = source.operator();
        boolean wholes = isWhole(left) && isWhole(right) && operator != ArithmeticOperator.DIVIDE;
        ColumnType type =
                !wholes
                        ? ColumnType.FLOAT64
                        : left.type() == ColumnType.UINT64 || right.type() == ColumnType.UINT64
                                ? ColumnType.UINT64
                                : ColumnType.INT64;
        Optional<BoundExpression> x = Coercion.to(left, type, at);
        Optional<BoundExpression> y = Coercion.to(right, type, at);
        boolean fits = wholes || operator != ArithmeticOperator.INTEGER_DIVIDE;
        if (x.isEmpty() || y.isEmpty() || !fits) {
            throw mismatch(source, left.type().sqlName(), right.type().sqlName());
        }
        return arithmetic(operator, x.get(), y.get(), type, at);
    }

    private static boolean isWhole(BoundExpression expression) {
        return expression.type() == ColumnType.INT64
                || expression.type() == ColumnType.UINT64
                || Coercion.isNull(expression);
    }

    private static BoundExpression arithmetic(
            ArithmeticOperator operator,
            BoundExpression left,
            BoundExpression right,
            ColumnType type,
            Position position) {
        Constant folded = ConstantArithmetic.fold(operator, left, right, type, position);
        return folded == null
                ? new Arithmetic(operator, left, right, type, new Place(position))
                : folded;
    }

    /// A time plus or minus an interval.
    private static BoundExpression moved(
            Expression.Arithmetic source,
            BoundExpression left,
            Interval interval,
            @Nullable WallClock clock) {
        boolean back = source.operator() == ArithmeticOperator.SUBTRACT;
        boolean fits =
                left.type() == ColumnType.TIMESTAMP
                        && (back || source.operator() == ArithmeticOperator.ADD);
        if (!fits) {
            throw mismatch(source, left.type().sqlName(), "interval");
        }
        if (left instanceof Constant(_, Object value)) {
            return value instanceof Long time
                    ? moved(source, time, interval, back, clock)
                    : new Constant(ColumnType.TIMESTAMP, null);
        }
        BoundExpression moved = left;
        if (interval.months() != 0) {
            long months = back ? -interval.months() : interval.months();
            moved =
                    TimeCalls.inZone(
                            Functions.ADD_MONTHS,
                            List.of(left, new Constant(ColumnType.INT64, months)),
                            source.position(),
                            clock);
        }
        if (interval.nanos() == 0 && interval.months() != 0) {
            return moved;
        }
        return new Arithmetic(
                source.operator(),
                moved,
                new Constant(ColumnType.INT64, interval.nanos()),
                ColumnType.TIMESTAMP,
                new Place(source.position()));
    }

    private static BoundExpression moved(
            Expression.Arithmetic source,
            long time,
            Interval interval,
            boolean back,
            @Nullable WallClock clock) {
        Position at = source.position();
        try {
            return new Constant(
                    ColumnType.TIMESTAMP, ConstantArithmetic.move(time, interval, back, at, clock));
        } catch (QueryException outOfRange) {
            return new BoundExpression.Failing(ColumnType.TIMESTAMP, outOfRange, at);
        }
    }

    /// Time minus time is int64 nanoseconds; time plus or minus int64 nanoseconds is a time.
    private static BoundExpression times(
            Expression.Arithmetic source, BoundExpression left, BoundExpression right) {
        Position at = source.position();
        ArithmeticOperator operator = source.operator();
        boolean subtract = operator == ArithmeticOperator.SUBTRACT;
        if (left.type() == ColumnType.TIMESTAMP
                && right.type() == ColumnType.TIMESTAMP
                && subtract) {
            // not computed beforehand: epoch() is to see that it is between two times
            return Coercion.isNull(left) || Coercion.isNull(right)
                    ? new Constant(ColumnType.INT64, null)
                    : new Arithmetic(operator, left, right, ColumnType.INT64, new Place(at));
        }
        if (left.type() == ColumnType.TIMESTAMP
                && right.type() == ColumnType.INT64
                && (subtract || operator == ArithmeticOperator.ADD)) {
            throw withoutUnit(source.right(), left, right, operator);
        }
        throw mismatch(source, left.type().sqlName(), right.type().sqlName());
    }

    /// A number is no length of time.
    private static QueryException withoutUnit(
            Expression source,
            BoundExpression time,
            BoundExpression number,
            ArithmeticOperator operator) {
        String text = ExpressionText.of(number);
        String write =
                switch (source) {
                    case Expression.IntegerLiteral(_, String digits) ->
                            digits + "s for seconds (units: ns, us, ms, s, m, h, d, w, mo, q, y)";
                    case Expression.Parameter(_, String name) ->
                            "it with one, as a text: '" + text + "s' as the value of :" + name;
                    default ->
                            "CAST(CAST("
                                    + ExpressionText.of(time)
                                    + " AS int64) "
                                    + operator.symbol()
                                    + " "
                                    + text
                                    + " AS timestamp) if it counts nanoseconds";
                };
        return Coercion.mismatch(
                source.position(),
                "the number " + text + " beside a time has no unit; write " + write);
    }

    private static QueryException mismatch(
            Expression.Arithmetic source, String left, String right) {
        String hint =
                source.operator() == ArithmeticOperator.INTEGER_DIVIDE
                        ? "; // divides int64 by int64, uint64 by uint64"
                        : left.equals(right)
                                ? joinHint(source.operator(), left)
                                : Coercion.unsignedHint(left, right);
        return Coercion.mismatch(
                source.position(),
                "cannot compute " + left + " " + source.operator().symbol() + " " + right + hint);
    }

    private static String joinHint(ArithmeticOperator operator, String type) {
        boolean isJoin =
                operator == ArithmeticOperator.ADD && type.equals(ColumnType.STRING.sqlName());
        return isJoin ? "; texts are joined by ||" : "";
    }
}
