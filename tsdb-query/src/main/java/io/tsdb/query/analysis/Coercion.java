package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.TimestampText;
import io.tsdb.storage.model.Uint64;

import java.util.List;
import java.util.Optional;

/// Casts that happen by themselves: int64 to float64, null to any type, constants that are texts
/// and int64 to timestamps where a timestamp is wanted.
final class Coercion {
    /// The smallest number that is taken for a time in nanoseconds: 1973-03-03.
    private static final long NANOS_LEAST = 100_000_000_000_000_000L;

    private Coercion() {}

    static boolean isNull(BoundExpression expression) {
        return expression instanceof Constant(_, Object value) && value == null;
    }

    /// @return empty when the expression does not become this type by itself
    static Optional<BoundExpression> to(
            BoundExpression expression, ColumnType type, Position position) {
        if (expression.type() == type) {
            return Optional.of(expression);
        }
        if (isNull(expression)) {
            return Optional.of(new Constant(type, null));
        }
        boolean fromUnsigned = expression.type() == ColumnType.UINT64;
        if (type == ColumnType.FLOAT64 && (fromUnsigned || expression.type() == ColumnType.INT64)) {
            return Optional.of(
                    expression instanceof Constant(_, Long value)
                            ? new Constant(
                                    type,
                                    fromUnsigned ? Uint64.toDouble(value) : value.doubleValue())
                            : new BoundExpression.Cast(
                                    expression, type, false, new Place(position)));
        }
        if (type == ColumnType.UINT64 && isUnsigned(expression)) {
            return expression instanceof Constant(_, Long value)
                    ? Optional.of(new Constant(type, Uint64.fold(value)))
                    : Optional.empty();
        }
        if (type == ColumnType.TIMESTAMP) {
            return toTimestamp(expression, position);
        }
        return Optional.empty();
    }

    /// Whether an expression is of uint64 or an int64 constant that becomes one.
    private static boolean isUnsigned(BoundExpression expression) {
        return expression.type() == ColumnType.UINT64
                || expression instanceof Constant(ColumnType type, Long value)
                        && type == ColumnType.INT64
                        && value >= 0;
    }

    /// What to write where int64 and uint64 meet; empty for other types.
    static String unsignedHint(String left, String right) {
        boolean met = left.equals("uint64") && right.equals("int64");
        return met || left.equals("int64") && right.equals("uint64")
                ? "; int64 and uint64 meet where one is cast: x::uint64, x::int64, x::float64"
                : "";
    }

    private static Optional<BoundExpression> toTimestamp(
            BoundExpression expression, Position position) {
        if (expression instanceof Constant(_, String text)) {
            return Optional.of(new Constant(ColumnType.TIMESTAMP, timestamp(text, position)));
        }
        return expression instanceof Constant(ColumnType type, Long nanos)
                        && type == ColumnType.INT64
                ? Optional.of(new Constant(ColumnType.TIMESTAMP, requireNanos(nanos, position)))
                : Optional.empty();
    }

    /// Refuses a number that can hardly be meant as nanoseconds: seconds, milliseconds and
    /// microseconds of these years are times shortly behind the epoch then.
    private static long requireNanos(long number, Position position) {
        long size = Math.abs(number);
        if (number == 0 || size >= NANOS_LEAST || size < 0) {
            return number;
        }
        long unit =
                size < 100_000_000_000L
                        ? 1_000_000_000L
                        : size < 100_000_000_000_000L ? 1_000_000L : 1_000L;
        long meant = Math.clamp(number, Long.MIN_VALUE / unit, Long.MAX_VALUE / unit) * unit;
        throw new QueryException(
                QueryErrorCode.INVALID_VALUE,
                position,
                "the number "
                        + number
                        + " beside a time counts nanoseconds and would be "
                        + ExpressionText.time(number)
                        + "; write '"
                        + ExpressionText.time(meant)
                        + "' or "
                        + meant);
    }

    static long timestamp(String text, Position position) {
        return SessionZone.time(
                text,
                TimestampText.parse(text).orElseThrow(() -> TimestampText.refusal(text, position)));
    }

    /// The type that both sides of a comparison can take by themselves.
    static Optional<ColumnType> common(BoundExpression left, BoundExpression right) {
        boolean rightIsUntyped = isNull(right) && right.type() == ColumnType.STRING;
        if (isNull(left) && !rightIsUntyped || left.type() == right.type()) {
            return Optional.of(right.type());
        }
        if (isNull(right)) {
            return Optional.of(left.type());
        }
        if (left.type().isNumeric() && right.type().isNumeric()) {
            if (left.type() != ColumnType.FLOAT64 && right.type() != ColumnType.FLOAT64) {
                return isUnsigned(left) && isUnsigned(right)
                        ? Optional.of(ColumnType.UINT64)
                        : Optional.empty();
            }
            return Optional.of(ColumnType.FLOAT64);
        }
        boolean oneIsTime =
                left.type() == ColumnType.TIMESTAMP || right.type() == ColumnType.TIMESTAMP;
        if (oneIsTime && isTimeLike(left) && isTimeLike(right)) {
            return Optional.of(ColumnType.TIMESTAMP);
        }
        return Optional.empty();
    }

    private static boolean isTimeLike(BoundExpression expression) {
        return switch (expression.type()) {
            case TIMESTAMP -> true;
            case INT64, STRING -> expression instanceof Constant;
            case UINT64, FLOAT64, BOOL -> false;
        };
    }

    /// Int64 constants as uint64 where one of the expressions is of that.
    static List<BoundExpression> withUnsigned(List<BoundExpression> expressions) {
        if (expressions.stream().noneMatch(e -> e.type() == ColumnType.UINT64)) {
            return expressions;
        }
        return expressions.stream()
                .map(
                        e ->
                                e instanceof Constant(ColumnType type, Long value)
                                                && type == ColumnType.INT64
                                                && value >= 0
                                        ? new Constant(ColumnType.UINT64, Uint64.fold(value))
                                        : e)
                .toList();
    }

    /// Brings both sides to one type.
    static List<BoundExpression> pair(
            BoundExpression left, BoundExpression right, String what, Position position) {
        ColumnType type =
                common(left, right)
                        .orElseThrow(() -> unlike(left, right, what, position, hint(left, right)));
        return List.of(
                to(left, type, position).orElseThrow(), to(right, type, position).orElseThrow());
    }

    static QueryException unlike(
            BoundExpression left,
            BoundExpression right,
            String what,
            Position position,
            String hint) {
        return mismatch(
                position,
                "cannot "
                        + what
                        + " "
                        + left.type().sqlName()
                        + " with "
                        + right.type().sqlName()
                        + ": "
                        + ExpressionText.of(left)
                        + " and "
                        + ExpressionText.of(right)
                        + hint);
    }

    private static String hint(BoundExpression left, BoundExpression right) {
        boolean timeFirst = left.type() == ColumnType.TIMESTAMP;
        BoundExpression other = timeFirst ? right : left;
        boolean timeAndNumber =
                other.type() == ColumnType.INT64
                        && (timeFirst || right.type() == ColumnType.TIMESTAMP);
        return timeAndNumber
                ? "; where a number counts nanoseconds, write CAST("
                        + ExpressionText.of(other)
                        + " AS timestamp)"
                : unsignedHint(left.type().sqlName(), right.type().sqlName());
    }

    static QueryException mismatch(Position position, String text) {
        return new QueryException(QueryErrorCode.TYPE_MISMATCH, position, text);
    }
}
