package io.tsdb.query.analysis;

import io.tsdb.query.analysis.AnalyzedSelect.Output;
import io.tsdb.query.analysis.BoundExpression.Aggregate;
import io.tsdb.query.analysis.BoundExpression.And;
import io.tsdb.query.analysis.BoundExpression.Bucket;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Field;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.analysis.BoundExpression.Time;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.query.function.scalar.WallClock;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Interval;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Resolves `SAMPLE BY`: groups by a time bucket and by every item that is no aggregate. Outside of
/// aggregates, the time is that of the bucket.
final class Sampling {
    private static final String USAGE = "SAMPLE BY 1h";
    private static final Pattern OFFSET = Pattern.compile("([+-]?)(\\d{1,2}):(\\d{2})");

    private final Position position;
    private final BoundExpression time;
    private final Bucket bucket;
    private final @Nullable Long fromNanos;
    private final @Nullable Long toNanos;

    /// @param binder without columns
    Sampling(Query.SampleBy sampleBy, Scope scope, ExpressionBinder binder) {
        this.position = sampleBy.position();
        this.time =
                scope.time()
                        .orElseThrow(
                                () ->
                                        new QueryException(
                                                QueryErrorCode.UNKNOWN_COLUMN,
                                                sampleBy.position(),
                                                "SAMPLE BY goes by the column time, which FROM does"
                                                        + " not have; select it there"));
        this.fromNanos = edge(sampleBy.from(), "FROM", binder);
        this.toNanos = edge(sampleBy.to(), "TO", binder);
        this.bucket =
                new Bucket(grid(sampleBy, fromNanos, binder, SessionZone.of(time, scope)), time);
    }

    private static @Nullable Long edge(
            @Nullable Expression edge, String word, ExpressionBinder binder) {
        return edge == null
                ? null
                : (Long) BucketBinder.time(binder.bind(edge), edge.position(), word);
    }

    private static TimeGrid grid(
            Query.SampleBy sampleBy,
            @Nullable Long from,
            ExpressionBinder binder,
            Optional<WallClock> usual) {
        Interval width = new BucketBinder(binder).width(sampleBy.width(), "SAMPLE BY", USAGE);
        Expression zone = sampleBy.zone();
        WallClock clock =
                zone == null
                        ? usual.orElse(null)
                        : BucketBinder.clock(binder.bind(zone), zone.position());
        Expression offset = sampleBy.offset();
        if (offset == null) {
            return BucketBinder.grid(width, from, clock);
        }
        if (from != null) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    offset.position(),
                    "FROM says where buckets start; leave WITH OFFSET out");
        }
        long start =
                (width.months() > 0 ? TimeGrid.DEFAULT_MONTH_ORIGIN : TimeGrid.DEFAULT_ORIGIN)
                        + offset(offset, binder);
        return BucketBinder.grid(width, clock == null ? start : clock.toTime(start), clock);
    }

    private static long offset(Expression expression, ExpressionBinder binder) {
        if (binder.bind(expression) instanceof Constant(_, String text)) {
            Matcher offset = OFFSET.matcher(text);
            if (offset.matches()) {
                long minutes =
                        60 * Long.parseLong(offset.group(2)) + Long.parseLong(offset.group(3));
                return (offset.group(1).equals("-") ? -minutes : minutes) * 60_000_000_000L;
            }
        }
        throw new QueryException(
                QueryErrorCode.INVALID_VALUE,
                expression.position(),
                "the offset of buckets is hours and minutes, such as '00:30' or '-01:00'");
    }

    Bucket bucket() {
        return bucket;
    }

    /// An expression as it is meant over buckets.
    BoundExpression over(BoundExpression expression) {
        if (expression.equals(time)) {
            return bucket;
        }
        return expression instanceof Aggregate
                ? expression
                : ExpressionTree.mapChildren(expression, this::over);
    }

    /// What the rows are grouped by.
    ///
    /// @param items over buckets
    List<BoundExpression> keys(List<Output> items) {
        var keys = new ArrayList<BoundExpression>();
        keys.add(bucket);
        boolean hasAggregate = false;
        for (Output item : items) {
            BoundExpression expression = item.expression();
            if (ExpressionTree.hasAggregate(expression)) {
                hasAggregate = true;
            } else if (!ExpressionTree.hasWindow(expression) && readsRow(expression)) {
                keys.add(expression);
            }
        }
        if (!hasAggregate) {
            throw new QueryException(
                    QueryErrorCode.NOT_GROUPED,
                    position,
                    "SAMPLE BY needs an aggregate among the items, such as avg(temp)");
        }
        return keys;
    }

    private boolean readsRow(BoundExpression expression) {
        return switch (expression) {
            case Time _, Tag _, Field _, Input _ -> true;
            default ->
                    !expression.equals(bucket)
                            && ExpressionTree.children(expression).stream()
                                    .anyMatch(this::readsRow);
        };
    }

    /// The condition of the rows: within `FROM` and `TO` too.
    @Nullable BoundExpression where(@Nullable BoundExpression where) {
        var parts = new ArrayList<BoundExpression>();
        if (where != null) {
            parts.add(where);
        }
        if (fromNanos != null) {
            parts.add(bound(ComparisonOperator.GREATER_OR_EQUAL, fromNanos));
        }
        if (toNanos != null) {
            parts.add(bound(ComparisonOperator.LESS, toNanos));
        }
        return parts.size() > 1 ? new And(parts) : parts.isEmpty() ? null : parts.getFirst();
    }

    private BoundExpression bound(ComparisonOperator operator, long nanos) {
        return new Comparison(operator, time, new Constant(ColumnType.TIMESTAMP, nanos));
    }
}
