package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Bucket;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.Functions;
import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.query.function.scalar.WallClock;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Interval;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.TimestampText;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Resolves `time_bucket` and `time_bucket_gapfill`.
final class BucketBinder {
    private static final String USAGE = "time_bucket('5m', time[, origin][, time zone])";
    private static final String GAPFILL_USAGE =
            "time_bucket_gapfill('5m', time[, time zone][, start, finish])";

    private final ExpressionBinder expressions;

    BucketBinder(ExpressionBinder expressions) {
        this.expressions = expressions;
    }

    BoundExpression bind(Expression.Call call) {
        boolean fillsGaps = call.function().equals(Functions.TIME_BUCKET_GAPFILL);
        String usage = fillsGaps ? GAPFILL_USAGE : USAGE;
        List<Expression> arguments = call.arguments();
        int countMax = fillsGaps ? 5 : 4;
        CallBinder.requireArguments(
                call,
                arguments.size() >= 2
                        && arguments.size() <= countMax
                        && !call.distinct()
                        && !call.star()
                        && call.over() == null,
                usage);
        Interval width = width(arguments.getFirst(), call.function(), usage);
        BoundExpression operand = operand(arguments.get(1), call.function(), usage);
        if (fillsGaps) {
            return gapBucket(call, width, operand);
        }
        TimeGrid grid = grid(width, arguments.subList(2, arguments.size()), usage);
        if (operand instanceof Constant(_, Object value)) {
            return new Constant(
                    ColumnType.TIMESTAMP,
                    value instanceof Long time ? (Long) grid.start(grid.index(time)) : null);
        }
        return new Bucket(grid, operand);
    }

    /// The width of buckets.
    ///
    /// @param what has it, for errors
    Interval width(Expression expression, String what, String usage) {
        Position at = expression.position();
        Interval width =
                expressions
                        .interval(expression, true)
                        .orElseThrow(
                                () ->
                                        Coercion.mismatch(
                                                at,
                                                "the width of "
                                                        + what
                                                        + " must be an interval; expected "
                                                        + usage));
        boolean mixed = width.months() != 0 && width.nanos() != 0;
        if (mixed || width.months() < 0 || width.nanos() < 0 || width.equals(new Interval(0, 0))) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    at,
                    "the width of " + what + " must be positive, in months or in shorter units");
        }
        return width;
    }

    private BoundExpression operand(Expression expression, String function, String usage) {
        BoundExpression operand = expressions.bind(expression);
        if (operand instanceof Constant(_, Object value) && !(value instanceof Long)) {
            // a text that reads as a time, or null
            operand =
                    Coercion.to(operand, ColumnType.TIMESTAMP, expression.position())
                            .orElse(operand);
        }
        if (operand.type() != ColumnType.TIMESTAMP) {
            throw Coercion.mismatch(
                    expression.position(),
                    function
                            + " takes a timestamp, not "
                            + operand.type().sqlName()
                            + "; expected "
                            + usage);
        }
        return operand;
    }

    private TimeGrid grid(Interval width, List<Expression> more, String usage) {
        Long origin = null;
        WallClock clock = null;
        for (Expression expression : more) {
            BoundExpression bound = expressions.bind(expression);
            boolean isZone =
                    bound instanceof Constant(_, String text)
                            && TimestampText.parse(text).isEmpty();
            if (isZone && clock == null) {
                clock = clock(bound, expression.position());
            } else if (!isZone && origin == null) {
                origin = time(bound, expression.position(), "the origin of time_bucket");
            } else {
                throw Coercion.mismatch(
                        expression.position(), "this is there twice; expected " + usage);
            }
        }
        return grid(width, origin, clock);
    }

    static TimeGrid grid(Interval width, @Nullable Long origin, @Nullable WallClock clock) {
        if (clock != null) {
            return TimeGrid.inZone(width, clock, origin);
        }
        return origin == null
                ? TimeGrid.of(width)
                : new TimeGrid(width.months(), width.nanos(), origin);
    }

    static WallClock clock(BoundExpression zone, Position position) {
        if (zone instanceof Constant(_, String text)) {
            return TimeZones.clock(text, position);
        }
        throw Coercion.mismatch(position, "the time zone must be a text constant");
    }

    static long time(BoundExpression bound, Position position, String what) {
        ConstantArithmetic.requireValues(bound);
        if (Coercion.to(bound, ColumnType.TIMESTAMP, position).orElse(null)
                instanceof Constant(_, Long time)) {
            return time;
        }
        throw Coercion.mismatch(position, what + " must be a constant timestamp");
    }

    private BoundExpression gapBucket(
            Expression.Call call, Interval width, BoundExpression operand) {
        if (operand instanceof Constant) {
            throw Coercion.mismatch(
                    call.arguments().get(1).position(),
                    "time_bucket_gapfill takes the time of rows; expected " + GAPFILL_USAGE);
        }
        List<Expression> more = call.arguments().subList(2, call.arguments().size());
        WallClock clock = null;
        if (more.size() % 2 == 1) {
            Position at = more.getFirst().position();
            clock = clock(expressions.bind(more.getFirst()), at);
            more = more.subList(1, more.size());
        }
        Long from = more.isEmpty() ? null : edge(more.get(0), "start");
        Long to = more.isEmpty() ? null : edge(more.get(1), "finish");
        var bucket = new Bucket(grid(width, null, clock), operand);
        GapBuckets gaps = expressions.gapBuckets();
        if (gaps == null) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    call.position(),
                    "time_bucket_gapfill stands in GROUP BY, and in the select list and ORDER BY"
                            + " beside it");
        }
        gaps.add(new GapBuckets.Call(call.position(), bucket, from, to));
        return bucket;
    }

    private @Nullable Long edge(Expression expression, String name) {
        BoundExpression bound = expressions.bind(expression);
        return Coercion.isNull(bound)
                ? null
                : (Long)
                        time(
                                bound,
                                expression.position(),
                                "the " + name + " of time_bucket_gapfill");
    }
}
