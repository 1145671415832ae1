package io.tsdb.query.analysis;

import io.tsdb.query.analysis.AnalyzedSelect.Order;
import io.tsdb.query.analysis.AnalyzedSelect.Output;
import io.tsdb.query.analysis.BoundExpression.Bucket;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.Query.FillKind;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Resolves `FILL` and `time_bucket_gapfill` of one grouped `SELECT`: which buckets there are to
/// be, and what is filled how.
final class FillAnalyzer {
    /// Rows before the range are looked at for as long as the range is, but at least for so long.
    private static final long LOOK_BACK_NANOS_MIN = 86_400_000_000_000L;

    private final List<BoundExpression> keys;
    private final @Nullable BoundExpression where;
    private final boolean hasHaving;
    private final Query.@Nullable Fill fill;
    private final GapBuckets.@Nullable Call gaps;
    private final List<FillMode> modes;
    private final FillSplitter splitter;

    /// @param keys of the groups, over the rows
    /// @param where of the rows, null without
    /// @param fill null without
    /// @param gaps null without
    /// @param modes of the fill, resolved
    private FillAnalyzer(
            List<BoundExpression> keys,
            @Nullable BoundExpression where,
            boolean hasHaving,
            Query.@Nullable Fill fill,
            GapBuckets.@Nullable Call gaps,
            List<FillMode> modes) {
        this.keys = keys;
        this.where = where;
        this.hasHaving = hasHaving;
        this.fill = fill;
        this.gaps = gaps;
        this.modes = modes;
        this.splitter = new FillSplitter(keys);
    }

    /// @param values resolves what a `FILL` gives for a value
    /// @return empty when no gaps are filled
    static Optional<FillAnalyzer> of(
            List<BoundExpression> keys,
            @Nullable BoundExpression where,
            boolean hasHaving,
            Query.@Nullable Fill fill,
            Optional<GapBuckets.Call> gaps,
            ExpressionBinder values) {
        boolean fillsNothing =
                fill == null || fill.values().stream().anyMatch(v -> v.kind() == FillKind.NONE);
        if (fill != null && fillsNothing && fill.values().size() > 1) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    fill.position(),
                    "FILL(none) stands alone: it leaves out the rows of all");
        }
        if (gaps.isEmpty() && fillsNothing) {
            return Optional.empty();
        }
        var modes = new ArrayList<FillMode>();
        if (fill != null && !fillsNothing) {
            fill.values().forEach(v -> modes.add(mode(v, values)));
        }
        return Optional.of(
                new FillAnalyzer(
                        keys,
                        where,
                        hasHaving,
                        fillsNothing ? null : fill,
                        gaps.orElse(null),
                        modes));
    }

    private static FillMode mode(Query.FillValue value, ExpressionBinder values) {
        return switch (value.kind()) {
            case NULL -> new FillMode.Null();
            case PREVIOUS -> new FillMode.Previous();
            case NEXT -> new FillMode.Next();
            case LINEAR -> new FillMode.Linear();
            case NONE -> throw new IllegalStateException("BUG: nothing is filled");
            case VALUE -> {
                if (value.value() != null && values.bind(value.value()) instanceof Constant c) {
                    yield new FillMode.Value(c);
                }
                throw new QueryException(
                        QueryErrorCode.INVALID_VALUE,
                        value.position(),
                        "FILL takes null, previous, next, linear, none or a constant");
            }
        };
    }

    /// Outputs over the filled rows.
    List<Output> items(List<Output> items) {
        var filled = new ArrayList<Output>();
        if (fill == null) {
            items.forEach(
                    i ->
                            filled.add(
                                    new Output(
                                            i.name(),
                                            splitter.overGaps(i.expression()),
                                            i.isLocal())));
            return filled;
        }
        long aggregates =
                items.stream().filter(i -> splitter.readsAggregate(i.expression())).count();
        if (modes.size() > 1 && modes.size() != aggregates) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    fill.position(),
                    "FILL has "
                            + modes.size()
                            + " values; expected one for all, or one for each of the "
                            + aggregates
                            + " items with an aggregate");
        }
        int next = 0;
        for (Output item : items) {
            boolean isFilled = splitter.readsAggregate(item.expression());
            int value = modes.size() == 1 || !isFilled ? 0 : next++;
            filled.add(
                    new Output(
                            item.name(),
                            splitter.overFilled(
                                    item.expression(),
                                    modes.get(value),
                                    fill.values().get(value).position())));
        }
        return filled;
    }

    /// Another expression over the filled rows; after [#items].
    BoundExpression expression(BoundExpression expression) {
        if (fill == null) {
            return splitter.overGaps(expression);
        }
        FillMode mode = modes.size() == 1 ? modes.getFirst() : new FillMode.Null();
        return splitter.again(expression, mode, fill.position());
    }

    List<Order> orders(List<Order> orders) {
        return orders.stream()
                .map(o -> new Order(expression(o.expression()), o.descending(), o.nullsFirst()))
                .toList();
    }

    /// After all expressions.
    Filling filling() {
        int key = bucketKey();
        Bucket bucket = (Bucket) keys.get(key);
        var parts = new WhereParts(where, bucket.operand());
        Long from = gaps == null ? null : gaps.fromNanos();
        Long to = gaps == null ? null : gaps.toNanos();
        from = from == null ? parts.fromNanos() : from;
        to = to == null ? parts.toNanos() : to;
        if (gaps != null && (from == null || to == null)) {
            throw unbounded(gaps.position(), from == null, bucket.operand());
        }
        return new Filling(
                key,
                bucket.grid(),
                from,
                to,
                splitter.columns(),
                splitter.modes(),
                listed(key, parts),
                before(parts));
    }

    private int bucketKey() {
        if (gaps != null) {
            return keys.indexOf(gaps.bucket());
        }
        int found = -1;
        Position at = fill == null ? Position.NONE : fill.position();
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i) instanceof Bucket) {
                if (found >= 0) {
                    throw new QueryException(
                            QueryErrorCode.UNSUPPORTED,
                            at,
                            "FILL goes with one time_bucket in GROUP BY; there are two");
                }
                found = i;
            }
        }
        if (found < 0) {
            throw noBucket(at);
        }
        return found;
    }

    static QueryException noBucket(Position fill) {
        return new QueryException(
                QueryErrorCode.NOT_GROUPED,
                fill,
                "FILL needs a time_bucket in GROUP BY: the buckets without rows are filled");
    }

    private static QueryException unbounded(Position at, boolean isStart, BoundExpression operand) {
        String time = ExpressionText.of(operand);
        return new QueryException(
                QueryErrorCode.INVALID_VALUE,
                at,
                "time_bucket_gapfill needs a first and a last time; add "
                        + time
                        + (isStart ? " >= '2026-11-23'" : " < now()")
                        + " to WHERE, or give both in the call: time_bucket_gapfill(width, "
                        + time
                        + ", start, finish)");
    }

    /// Groups that WHERE lists: of one key any number of values, of the others one. More would be
    /// combinations that may never have been.
    private List<List<Constant>> listed(int bucket, WhereParts parts) {
        List<List<Constant>> groups = new ArrayList<>();
        groups.add(List.of());
        for (int i = 0; i < keys.size() && !hasHaving; i++) {
            if (i == bucket) {
                continue;
            }
            List<Constant> values = parts.listed(keys.get(i)).orElse(List.of());
            boolean isSure = values.size() == 1 || groups.size() == 1;
            if (values.isEmpty() || !isSure) {
                return List.of();
            }
            var longer = new ArrayList<List<Constant>>();
            for (List<Constant> group : groups) {
                for (Constant value : values) {
                    var more = new ArrayList<>(group);
                    more.add(value);
                    longer.add(more);
                }
            }
            groups = longer;
        }
        return hasHaving ? List.of() : groups;
    }

    private @Nullable BoundExpression before(WhereParts parts) {
        Long from = parts.fromNanos();
        Long to = parts.toNanos();
        boolean isWanted = splitter.modes().stream().anyMatch(FillMode.Previous.class::isInstance);
        if (from == null || !isWanted) {
            return null;
        }
        long length = to == null || to <= from ? 0 : to - from;
        // below zero: more than 64 bits
        long back = length < 0 ? Long.MAX_VALUE : Math.max(length, LOOK_BACK_NANOS_MIN);
        long first = from < Long.MIN_VALUE + back ? Long.MIN_VALUE : from - back;
        return parts.during(first, from);
    }
}
