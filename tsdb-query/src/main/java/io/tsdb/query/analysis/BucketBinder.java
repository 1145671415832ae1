package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Bucket;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.Functions;
import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.query.function.scalar.TimeZones;
import io.tsdb.query.function.scalar.WallClock;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Interval;
import io.tsdb.query.sql.NearestName;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.TimestampText;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Resolves `time_bucket`, `time_bucket_gapfill`, `date_trunc` and `date_bin`.
final class BucketBinder {
    private static final String USAGE = "time_bucket('5m', time[, origin][, time zone])";
    private static final String GAPFILL_USAGE =
            "time_bucket_gapfill('5m', time[, time zone][, start, finish])";

    private static final String TRUNC_USAGE = "date_trunc('hour', time[, time zone])";
    private static final String BIN_USAGE = "date_bin('5m', time[, origin])";

    /// 2001-01-01.
    private static final long CENTURY_ORIGIN = 978_307_200_000_000_000L;

    private static final Map<String, Interval> CALENDAR_UNITS =
            Map.of(
                    "decade", new Interval(120, 0),
                    "century", new Interval(1_200, 0),
                    "millennium", new Interval(12_000, 0));

    private static final List<String> UNITS =
            List.of(
                    "nanosecond",
                    "microsecond",
                    "millisecond",
                    "second",
                    "minute",
                    "hour",
                    "day",
                    "week",
                    "month",
                    "quarter",
                    "year",
                    "decade",
                    "century",
                    "millennium");

    private final ExpressionBinder expressions;

    BucketBinder(ExpressionBinder expressions) {
        this.expressions = expressions;
    }

    BoundExpression bind(Expression.Call call) {
        return switch (call.function()) {
            case Functions.DATE_TRUNC -> truncated(call);
            case Functions.DATE_BIN -> binned(call);
            default -> bucket(call);
        };
    }

    private static void requireCount(Expression.Call call, int least, int most, String usage) {
        int count = call.arguments().size();
        CallBinder.requireArguments(call, call.isPlain() && count >= least && count <= most, usage);
    }

    private BoundExpression truncated(Expression.Call call) {
        List<Expression> arguments = call.arguments();
        requireCount(call, 2, 3, TRUNC_USAGE);
        Position at = arguments.getFirst().position();
        if (!(expressions.bind(arguments.getFirst()) instanceof Constant(_, String name))) {
            throw Coercion.mismatch(
                    at, "the unit of date_trunc must be a text constant; expected " + TRUNC_USAGE);
        }
        String unit = name.toLowerCase(Locale.ROOT);
        Interval width = CALENDAR_UNITS.getOrDefault(unit, Interval.unit(name).orElse(null));
        if (width == null) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    at,
                    "'"
                            + name
                            + "' is no unit of time; expected one such as 'minute', 'hour', 'day',"
                            + " 'week', 'month', 'quarter', 'year'"
                            + unitHint(name));
        }
        BoundExpression operand = operand(arguments.get(1), call.function(), TRUNC_USAGE);
        Expression zone = arguments.size() == 3 ? arguments.get(2) : null;
        WallClock clock =
                zone == null ? usual(operand) : clock(expressions.bind(zone), zone.position());
        // centuries begin with the year 1
        Long origin = width.months() < 1_200 ? null : (Long) CENTURY_ORIGIN;
        return of(
                origin == null || clock == null
                        ? grid(width, origin, clock)
                        : grid(width, clock.toTime(origin), clock),
                operand);
    }

    private static String unitHint(String name) {
        return Interval.parse(name).isPresent()
                ? "; buckets of a width are time_bucket('" + name + "', time)"
                : NearestName.hint(name, UNITS);
    }

    private BoundExpression binned(Expression.Call call) {
        List<Expression> arguments = call.arguments();
        requireCount(call, 2, 3, BIN_USAGE);
        Interval width = width(arguments.getFirst(), call.function(), BIN_USAGE);
        BoundExpression operand = operand(arguments.get(1), call.function(), BIN_USAGE);
        long origin = 0;
        if (arguments.size() == 3) {
            Expression third = arguments.get(2);
            origin = time(expressions.bind(third), third.position(), "the origin of date_bin");
        }
        return of(grid(width, origin, null), operand);
    }

    private static BoundExpression of(TimeGrid grid, BoundExpression operand) {
        if (operand instanceof Constant(_, Object value)) {
            return new Constant(
                    ColumnType.TIMESTAMP,
                    value instanceof Long time ? (Long) grid.start(grid.index(time)) : null);
        }
        return new Bucket(grid, operand);
    }

    private BoundExpression bucket(Expression.Call call) {
        boolean fillsGaps = call.function().equals(Functions.TIME_BUCKET_GAPFILL);
        String usage = fillsGaps ? GAPFILL_USAGE : USAGE;
        List<Expression> arguments = call.arguments();
        requireCount(call, 2, fillsGaps ? 5 : 4, usage);
        Interval width = width(arguments.getFirst(), call.function(), usage);
        BoundExpression operand = operand(arguments.get(1), call.function(), usage);
        if (fillsGaps) {
            return gapBucket(call, width, operand);
        }
        TimeGrid grid = grid(width, operand, arguments.subList(2, arguments.size()), usage);
        return of(grid, operand);
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

    /// The clock of the session, where an expression is to be seen by it; null for UTC.
    private @Nullable WallClock usual(BoundExpression operand) {
        return SessionZone.of(operand, expressions.scope()).orElse(null);
    }

    private TimeGrid grid(
            Interval width, BoundExpression operand, List<Expression> more, String usage) {
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
        return grid(width, origin, clock == null ? usual(operand) : clock);
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
        WallClock clock = usual(operand);
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
