package io.tsdb.query.analysis;

import io.tsdb.query.analysis.AnalyzedSelect.Aggregation;
import io.tsdb.query.analysis.AnalyzedSelect.Order;
import io.tsdb.query.analysis.AnalyzedSelect.Output;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.Functions;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.NearestName;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Resolves one `SELECT` over its relation. Made for one statement.
final class SelectAnalyzer {
    private final Query.Select select;
    private final Query query;
    private final ExpressionBinder.Context context;
    private final Scope scope;
    private final GapBuckets gapBuckets = new GapBuckets();
    private final Aliases aliases = new Aliases();

    /// @param query whose body the select is: it has the order and the limit
    /// @param nowNanos what `now()` is
    SelectAnalyzer(
            Query.Select select,
            Query query,
            Scope scope,
            Parameters parameters,
            SubQueryBinder subQueries,
            long nowNanos) {
        this.select = select;
        this.query = query;
        this.scope = scope;
        this.context =
                new ExpressionBinder.Context(
                        scope, texts(select), parameters, subQueries, nowNanos, gapBuckets);
    }

    private static Map<String, String> texts(Query.Select select) {
        var texts = new HashMap<String, String>();
        for (Expression.Item item : select.items()) {
            if (item.alias() != null) {
                texts.put(item.alias(), item.text());
            }
        }
        return texts;
    }

    AnalyzedSelect analyze() {
        List<Output> items = items();
        BoundExpression where = where();
        List<BoundExpression> groupBy = groupBy(items);
        BoundExpression having = having();
        BoundExpression qualify = qualify();
        List<Order> orderBy = orderBy(items);
        List<String> latestBy = latestBy();
        if (scope instanceof JoinScope joined && joined.window() instanceof JoinTree.Window w) {
            var columns = new WindowJoinColumns(joined, w);
            checkNotGrouped();
            columns.requireLeft(where);
            items = mapOutputs(items, columns::over);
            orderBy = mapOrders(orderBy, columns::over);
            qualify = qualify == null ? null : columns.over(qualify);
        }
        Query.SampleBy sampleBy = select.sampleBy();
        if (sampleBy != null) {
            var sampling = new Sampling(sampleBy, scope, constants("SAMPLE BY"));
            items = mapOutputs(items, sampling::over);
            groupBy = sampling.keys(items);
            having = having == null ? null : sampling.over(having);
            qualify = qualify == null ? null : sampling.over(qualify);
            orderBy =
                    orderBy.isEmpty() && !select.distinct()
                            ? List.of(new Order(sampling.bucket(), false, false))
                            : mapOrders(orderBy, sampling::over);
            where = sampling.where(where);
        }
        BoundExpression firstRows = firstRows(items, orderBy);
        List<String> newest =
                firstRows != null
                                && latestBy.isEmpty()
                                && sampleBy == null
                                && !select.distinct()
                                && groupBy.isEmpty()
                                && qualify == null
                                && !hasAggregate(items, having, firstRows, orderBy)
                                && !hasWindow(items, null, orderBy)
                        ? newestBy(firstRows)
                        : List.of();
        if (!newest.isEmpty()) {
            latestBy = newest;
        } else if (firstRows != null) {
            qualify =
                    qualify == null
                            ? firstRows
                            : new BoundExpression.And(List.of(qualify, firstRows));
        }
        if (gapBuckets.call().isPresent()) {
            checkGapBucket(gapBuckets.call().get(), groupBy);
        }
        boolean grouped = !groupBy.isEmpty() || hasAggregate(items, having, qualify, orderBy);
        if (select.having() != null && !grouped) {
            throw new QueryException(
                    QueryErrorCode.NOT_GROUPED,
                    select.having().position(),
                    "HAVING needs GROUP BY or an aggregate; rows are filtered by WHERE");
        }
        checkLatestBy(grouped);
        boolean hasWindow = hasWindow(items, qualify, orderBy);
        // without windows, DISTINCT is a grouping by all items, which the shards can do
        boolean forDistinct = select.distinct() && !grouped && !hasWindow;
        Aggregation aggregation = null;
        Filling filling = null;
        if (grouped || forDistinct) {
            var rewriter =
                    new GroupRewriter(
                            forDistinct ? items.stream().map(Output::expression).toList() : groupBy,
                            forDistinct);
            items = mapOutputs(items, rewriter::overGroups);
            orderBy = mapOrders(orderBy, rewriter::overGroups);
            having = having == null ? null : rewriter.overGroups(having);
            qualify = qualify == null ? null : rewriter.overGroups(qualify);
            aggregation = rewriter.aggregation();
        }
        Optional<FillAnalyzer> fill = fill(aggregation, where, having, items, orderBy, qualify);
        if (fill.isPresent()) {
            items = fill.get().items(items);
            orderBy = fill.get().orders(orderBy);
            qualify = qualify == null ? null : fill.get().expression(qualify);
            filling = fill.get().filling();
        }
        boolean distinct = select.distinct() && !forDistinct;
        if (distinct) {
            checkDistinctOrder(items, orderBy);
        }
        var splitter = new WindowSplitter();
        if (hasWindow) {
            items.forEach(item -> splitter.collect(item.expression()));
            orderBy.forEach(order -> splitter.collect(order.expression()));
            if (qualify != null) {
                splitter.collect(qualify);
            }
            items = mapOutputs(items, splitter::overWindows);
            orderBy = mapOrders(orderBy, splitter::overWindows);
            qualify = qualify == null ? null : splitter.overWindows(qualify);
        } else if (select.qualify() != null) {
            throw new QueryException(
                    QueryErrorCode.NOT_GROUPED,
                    select.qualify().position(),
                    "QUALIFY needs a function over a window; rows are filtered by WHERE, groups by"
                            + " HAVING");
        }
        BoundExpression time = scope.time().orElse(null);
        return new AnalyzedSelect(
                scope.relation(),
                time,
                where,
                latestBy,
                aggregation,
                having,
                filling,
                hasWindow ? splitter.windows() : null,
                qualify,
                items,
                orderBy,
                distinct,
                count(query.limit(), "LIMIT", Long.MAX_VALUE),
                count(query.offset(), "OFFSET", 0));
    }

    private void checkNotGrouped() {
        if (!select.groupBy().isEmpty()) {
            throw WindowJoinColumns.grouped(select.groupBy().getFirst().position());
        }
        if (select.sampleBy() != null) {
            throw WindowJoinColumns.grouped(select.sampleBy().position());
        }
    }

    private static void checkGapBucket(GapBuckets.Call call, List<BoundExpression> groupBy) {
        if (!groupBy.contains(call.bucket())) {
            throw new QueryException(
                    QueryErrorCode.NOT_GROUPED,
                    call.position(),
                    "time_bucket_gapfill must stand in GROUP BY too");
        }
    }

    private Optional<FillAnalyzer> fill(
            @Nullable Aggregation aggregation,
            @Nullable BoundExpression where,
            @Nullable BoundExpression having,
            List<Output> items,
            List<Order> orderBy,
            @Nullable BoundExpression qualify) {
        Optional<GapBuckets.Call> gaps = gapBuckets.call();
        if (gaps.isEmpty() || select.fill() != null) {
            checkNothingFilled(items, orderBy, qualify);
        }
        if (aggregation == null) {
            if (select.fill() != null) {
                throw FillAnalyzer.noBucket(select.fill().position());
            }
            return Optional.empty();
        }
        return FillAnalyzer.of(
                aggregation.keys(), where, having != null, select.fill(), gaps, constants("FILL"));
    }

    private static void checkNothingFilled(
            List<Output> items, List<Order> orderBy, @Nullable BoundExpression qualify) {
        var all = new ArrayList<BoundExpression>();
        items.forEach(item -> all.add(item.expression()));
        orderBy.forEach(order -> all.add(order.expression()));
        if (qualify != null) {
            all.add(qualify);
        }
        for (BoundExpression expression : all) {
            Optional<BoundExpression.Filled> filled = ExpressionTree.filled(expression);
            if (filled.isPresent()) {
                throw new QueryException(
                        QueryErrorCode.NOT_GROUPED,
                        filled.get().place().position(),
                        "locf and interpolate go with GROUP BY time_bucket_gapfill(...), without"
                                + " FILL");
            }
        }
    }

    /// Resolves constants of a clause.
    private ExpressionBinder constants(String clause) {
        var noColumns =
                new ExpressionBinder.Context(
                        Scope.nothing(),
                        Map.of(),
                        context.parameters(),
                        context.subQueries(),
                        context.nowNanos(),
                        null);
        return new ExpressionBinder(noColumns, clause, false, new Aliases());
    }

    private static List<Output> mapOutputs(
            List<Output> outputs, UnaryOperator<BoundExpression> map) {
        var mapped = new ArrayList<Output>();
        outputs.forEach(
                o -> mapped.add(new Output(o.name(), map.apply(o.expression()), o.isLocal())));
        return mapped;
    }

    private static List<Order> mapOrders(List<Order> orders, UnaryOperator<BoundExpression> map) {
        var mapped = new ArrayList<Order>();
        orders.forEach(
                o ->
                        mapped.add(
                                new Order(
                                        map.apply(o.expression()),
                                        o.descending(),
                                        o.nullsFirst())));
        return mapped;
    }

    private List<Output> items() {
        var items = new ArrayList<Output>();
        var binder = new ExpressionBinder(context, "the select list", true, new Aliases());
        for (Expression.Item item : select.items()) {
            Expression expression = item.expression();
            if (expression == null) {
                addAll(item, items);
            } else {
                String alias = item.alias();
                BoundExpression bound = binder.bind(expression);
                items.add(
                        new Output(
                                alias == null ? item.text() : alias,
                                bound,
                                SessionZone.isLocal(bound, scope)));
                if (alias != null) {
                    aliases.add(alias, new Aliases.Item(items.size(), bound));
                }
            }
        }
        return items;
    }

    private void addAll(Expression.Item item, List<Output> items) {
        String qualifier = item.qualifier();
        List<Scope.Named> columns =
                qualifier == null
                        ? scope.all(item.position())
                        : scope.all(qualifier, item.position());
        new ChosenColumns(item, columns)
                .columns()
                .forEach(
                        column ->
                                items.add(
                                        new Output(
                                                column.name(),
                                                column.expression(),
                                                SessionZone.isLocal(column.expression(), scope))));
    }

    private @Nullable BoundExpression where() {
        Expression where = select.where();
        if (where == null) {
            return null;
        }
        var binder = new ExpressionBinder(context, "WHERE; use HAVING", false, new Aliases());
        return binder.condition(where, where.position(), "WHERE");
    }

    private List<BoundExpression> groupBy(List<Output> items) {
        var binder = new ExpressionBinder(context, "GROUP BY", false, aliases);
        var keys = new ArrayList<BoundExpression>();
        for (Expression expression : select.groupBy()) {
            BoundExpression key =
                    expression instanceof Expression.IntegerLiteral ordinal
                            ? ordinal(ordinal, items, "GROUP BY").expression()
                            : binder.bindUnambiguous(expression);
            if (ExpressionTree.hasAggregate(key)) {
                throw new QueryException(
                        QueryErrorCode.NOT_GROUPED,
                        expression.position(),
                        "GROUP BY cannot use the aggregate " + ExpressionText.of(key));
            }
            keys.add(key);
        }
        return keys;
    }

    private static Output ordinal(
            Expression.IntegerLiteral ordinal, List<Output> items, String clause) {
        try {
            int index = Integer.parseInt(ordinal.text());
            if (index >= 1 && index <= items.size()) {
                return items.get(index - 1);
            }
        } catch (NumberFormatException _) {
            // too large for any select list: answered below
        }
        throw new QueryException(
                QueryErrorCode.INVALID_VALUE,
                ordinal.position(),
                clause
                        + " "
                        + ordinal.text()
                        + " is no item of the select list; there are "
                        + items.size());
    }

    private @Nullable BoundExpression having() {
        Expression having = select.having();
        if (having == null) {
            return null;
        }
        var binder = new ExpressionBinder(context, "HAVING", true, aliases);
        return binder.conditionAlone(having, "HAVING");
    }

    private @Nullable BoundExpression qualify() {
        Expression qualify = select.qualify();
        if (qualify == null) {
            return null;
        }
        var binder = new ExpressionBinder(context, "QUALIFY", true, aliases);
        return binder.conditionAlone(qualify, "QUALIFY");
    }

    private List<Order> orderBy(List<Output> items) {
        var binder = new ExpressionBinder(context, "ORDER BY", true, aliases);
        var orders = new ArrayList<Order>();
        for (Query.OrderItem item : query.orderBy()) {
            BoundExpression expression =
                    item.expression() instanceof Expression.IntegerLiteral ordinal
                            ? ordinal(ordinal, items, "ORDER BY").expression()
                            : binder.bindAlone(item.expression());
            Boolean nullsFirst = item.nullsFirst();
            orders.add(new Order(expression, item.descending(), nullsFirst != null && nullsFirst));
        }
        return orders;
    }

    /// What `DISTINCT ON` and `LIMIT n BY` keep, as a condition on the number of a row among those
    /// of equal keys; null without.
    private @Nullable BoundExpression firstRows(List<Output> items, List<Order> orderBy) {
        Query.LimitBy limitBy = query.limitBy();
        if (limitBy == null && select.distinctOn().isEmpty()) {
            return null;
        }
        if (limitBy != null && (select.distinct() || !select.distinctOn().isEmpty())) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    limitBy.position(),
                    "LIMIT n BY does not go with DISTINCT; put one of them into FROM (SELECT ...)");
        }
        String clause = limitBy == null ? "DISTINCT ON" : "LIMIT BY";
        var binder = new ExpressionBinder(context, clause, true, aliases);
        var keys = new ArrayList<BoundExpression>();
        for (Expression key : limitBy == null ? select.distinctOn() : limitBy.by()) {
            keys.add(
                    key instanceof Expression.IntegerLiteral ordinal
                            ? ordinal(ordinal, items, clause).expression()
                            : binder.bindAlone(key));
        }
        long count = limitBy == null ? 1 : count(limitBy.count(), "LIMIT", 1);
        List<Order> orders =
                orderBy.stream().filter(order -> !keys.contains(order.expression())).toList();
        var number =
                new BoundExpression.WindowCall(
                        Functions.ROW_NUMBER,
                        List.of(),
                        new WindowSpec(keys, orders, null),
                        ColumnType.INT64,
                        new Place(select.position()));
        return new BoundExpression.Comparison(
                ComparisonOperator.LESS_OR_EQUAL, number, new Constant(ColumnType.INT64, count));
    }

    /// Tags by whose combinations the first row is the newest one, which the shards can find; empty
    /// where it is not.
    private List<String> newestBy(BoundExpression firstRows) {
        var tags = new ArrayList<String>();
        if (scope instanceof MeasurementScope
                && firstRows
                        instanceof
                        BoundExpression.Comparison(
                                _,
                                BoundExpression.WindowCall call,
                                Constant(_, Long count))
                && count == 1
                && call.window().orderBy().size() == 1
                && call.window().orderBy().getFirst().descending()
                && call.window().orderBy().getFirst().expression()
                        instanceof BoundExpression.Time) {
            for (BoundExpression key : call.window().partitionBy()) {
                if (!(key instanceof BoundExpression.Tag(String tag, _))) {
                    return List.of();
                }
                tags.add(tag);
            }
        }
        return tags;
    }

    private List<String> latestBy() {
        if (select.latestBy().isEmpty()) {
            return List.of();
        }
        if (!(scope instanceof MeasurementScope measurement)) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    select.latestBy().getFirst().position(),
                    "LATEST BY goes with a measurement; of other rows QUALIFY row_number() OVER"
                            + " (PARTITION BY ... ORDER BY time DESC) = 1 keeps the newest");
        }
        var tags = new ArrayList<String>();
        for (Expression.Name name : select.latestBy()) {
            if (!measurement.tags().contains(name.text())) {
                throw new QueryException(
                        QueryErrorCode.UNKNOWN_COLUMN,
                        name.position(),
                        "LATEST BY takes tags; '"
                                + name.text()
                                + "' is none"
                                + NearestName.hint(name.text(), measurement.tags()));
            }
            tags.add(name.text());
        }
        return tags;
    }

    private void checkLatestBy(boolean grouped) {
        if (select.latestBy().isEmpty()) {
            return;
        }
        Position at = select.latestBy().getFirst().position();
        if (grouped || select.distinct()) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    at,
                    "LATEST BY does not go with GROUP BY, aggregates or DISTINCT; for single values"
                            + " use last(column) with GROUP BY");
        }
    }

    private static boolean hasAggregate(
            List<Output> items,
            @Nullable BoundExpression having,
            @Nullable BoundExpression qualify,
            List<Order> orderBy) {
        return items.stream().anyMatch(i -> ExpressionTree.hasAggregate(i.expression()))
                || having != null && ExpressionTree.hasAggregate(having)
                || qualify != null && ExpressionTree.hasAggregate(qualify)
                || orderBy.stream().anyMatch(o -> ExpressionTree.hasAggregate(o.expression()));
    }

    private static boolean hasWindow(
            List<Output> items, @Nullable BoundExpression qualify, List<Order> orderBy) {
        return items.stream().anyMatch(i -> ExpressionTree.hasWindow(i.expression()))
                || qualify != null && ExpressionTree.hasWindow(qualify)
                || orderBy.stream().anyMatch(o -> ExpressionTree.hasWindow(o.expression()));
    }

    private void checkDistinctOrder(List<Output> outputs, List<Order> orders) {
        List<BoundExpression> selected = outputs.stream().map(Output::expression).toList();
        for (int i = 0; i < orders.size(); i++) {
            if (!selected.contains(orders.get(i).expression())) {
                throw new QueryException(
                        QueryErrorCode.NOT_GROUPED,
                        query.orderBy().get(i).position(),
                        "with SELECT DISTINCT, ORDER BY can only use what is selected");
            }
        }
    }

    private long count(@Nullable Expression expression, String clause, long absent) {
        if (expression == null) {
            return absent;
        }
        ExpressionBinder binder = constants(clause);
        if (!(expression instanceof Expression.Name)) {
            BoundExpression bound = binder.bind(expression);
            ConstantArithmetic.requireValues(bound);
            if (bound instanceof Constant(ColumnType type, Long count)
                    && type == ColumnType.INT64
                    && count >= 0) {
                return count;
            }
        }
        throw new QueryException(
                QueryErrorCode.INVALID_VALUE,
                expression.position(),
                clause + " takes a whole number that is not negative");
    }
}
