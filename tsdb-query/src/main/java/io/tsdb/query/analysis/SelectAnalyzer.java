package io.tsdb.query.analysis;

import io.tsdb.query.analysis.AnalyzedSelect.Aggregation;
import io.tsdb.query.analysis.AnalyzedSelect.Order;
import io.tsdb.query.analysis.AnalyzedSelect.Output;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.NearestName;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.Statement;
import io.tsdb.query.sql.Statement.OrderItem;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Resolves one `SELECT`. Made for one statement.
public final class SelectAnalyzer {
    private final Statement.Select select;
    private final String database;
    private final @Nullable MeasurementSchema measurement;
    private final ExpressionBinder.Context context;
    private final Scope scope;
    private final Aliases aliases = new Aliases();

    /// @param database that of the measurement
    /// @param measurement null when the statement has no `FROM`
    /// @param nowNanos what `now()` is
    public SelectAnalyzer(
            Statement.Select select,
            String database,
            @Nullable MeasurementSchema measurement,
            Parameters parameters,
            long nowNanos) {
        this.select = select;
        this.database = database;
        this.measurement = measurement;
        this.scope = new Scope(measurement);
        this.context = new ExpressionBinder.Context(scope, parameters, nowNanos);
    }

    public AnalyzedSelect analyze() {
        List<Output> items = items();
        BoundExpression where = where();
        List<BoundExpression> groupBy = groupBy(items);
        BoundExpression having = having();
        List<Order> orderBy = orderBy(items);
        List<String> latestBy = latestBy();
        long limit = count(select.limit(), "LIMIT", Long.MAX_VALUE);
        long offset = count(select.offset(), "OFFSET", 0);
        boolean grouped = !groupBy.isEmpty() || hasAggregate(items, having, orderBy);
        if (select.having() != null && !grouped) {
            throw new QueryException(
                    QueryErrorCode.NOT_GROUPED,
                    select.having().position(),
                    "HAVING needs GROUP BY or an aggregate; rows are filtered by WHERE");
        }
        checkLatestBy(grouped);
        if (measurement == null && (grouped || select.distinct())) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    select.position(),
                    "aggregates, GROUP BY and DISTINCT need a FROM");
        }
        if (!grouped && !select.distinct()) {
            return new AnalyzedSelect(
                    database,
                    measurement,
                    items,
                    where,
                    null,
                    null,
                    orderBy,
                    false,
                    latestBy,
                    limit,
                    offset);
        }
        boolean forDistinct = !grouped;
        var rewriter =
                new GroupRewriter(
                        forDistinct ? items.stream().map(Output::expression).toList() : groupBy,
                        forDistinct);
        var outputs = new ArrayList<Output>();
        items.forEach(i -> outputs.add(new Output(i.name(), rewriter.overGroups(i.expression()))));
        var orders = new ArrayList<Order>();
        orderBy.forEach(
                o ->
                        orders.add(
                                new Order(
                                        rewriter.overGroups(o.expression()),
                                        o.descending(),
                                        o.nullsFirst())));
        BoundExpression groupHaving = having == null ? null : rewriter.overGroups(having);
        Aggregation aggregation = rewriter.aggregation();
        boolean distinct = grouped && select.distinct();
        if (distinct) {
            checkDistinctOrder(outputs, orders);
        }
        return new AnalyzedSelect(
                database,
                measurement,
                outputs,
                where,
                aggregation,
                groupHaving,
                orders,
                distinct,
                latestBy,
                limit,
                offset);
    }

    private List<Output> items() {
        var items = new ArrayList<Output>();
        var binder = new ExpressionBinder(context, "the select list", true, new Aliases());
        for (Expression.Item item : select.items()) {
            Expression expression = item.expression();
            if (expression == null) {
                if (measurement == null) {
                    throw new QueryException(
                            QueryErrorCode.UNKNOWN_COLUMN, item.position(), "* needs a FROM");
                }
                for (String column : scope.columns()) {
                    var name = new Expression.Name(item.position(), column);
                    items.add(new Output(column, binder.bind(name)));
                }
            } else {
                String alias = item.alias();
                BoundExpression bound = binder.bind(expression);
                items.add(new Output(alias == null ? item.text() : alias, bound));
                if (alias != null) {
                    aliases.add(alias, new Aliases.Item(items.size(), bound));
                }
            }
        }
        return items;
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

    private List<Order> orderBy(List<Output> items) {
        var binder = new ExpressionBinder(context, "ORDER BY", true, aliases);
        var orders = new ArrayList<Order>();
        for (OrderItem item : select.orderBy()) {
            BoundExpression expression =
                    item.expression() instanceof Expression.IntegerLiteral ordinal
                            ? ordinal(ordinal, items, "ORDER BY").expression()
                            : binder.bindAlone(item.expression());
            Boolean nullsFirst = item.nullsFirst();
            orders.add(new Order(expression, item.descending(), nullsFirst != null && nullsFirst));
        }
        return orders;
    }

    private List<String> latestBy() {
        var tags = new ArrayList<String>();
        for (Expression.Name name : select.latestBy()) {
            if (!scope.isTag(name.text())) {
                throw new QueryException(
                        QueryErrorCode.UNKNOWN_COLUMN,
                        name.position(),
                        "LATEST BY takes tags; '"
                                + name.text()
                                + "' is none"
                                + NearestName.hint(name.text(), scope.tags()));
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
            List<Output> items, @Nullable BoundExpression having, List<Order> orderBy) {
        return items.stream().anyMatch(i -> ExpressionTree.hasAggregate(i.expression()))
                || having != null && ExpressionTree.hasAggregate(having)
                || orderBy.stream().anyMatch(o -> ExpressionTree.hasAggregate(o.expression()));
    }

    private void checkDistinctOrder(List<Output> outputs, List<Order> orders) {
        List<BoundExpression> selected = outputs.stream().map(Output::expression).toList();
        for (int i = 0; i < orders.size(); i++) {
            if (!selected.contains(orders.get(i).expression())) {
                throw new QueryException(
                        QueryErrorCode.NOT_GROUPED,
                        select.orderBy().get(i).position(),
                        "with SELECT DISTINCT, ORDER BY can only use what is selected");
            }
        }
    }

    private long count(@Nullable Expression expression, String clause, long absent) {
        if (expression == null) {
            return absent;
        }
        var noColumns = new ExpressionBinder.Context(new Scope(null), context.parameters(), 0);
        var binder = new ExpressionBinder(noColumns, clause, false, new Aliases());
        boolean isColumn = expression instanceof Expression.Name;
        if (!isColumn
                && binder.bind(expression) instanceof Constant(ColumnType type, Long count)
                && type == ColumnType.INT64
                && count >= 0) {
            return count;
        }
        throw new QueryException(
                QueryErrorCode.INVALID_VALUE,
                expression.position(),
                clause + " takes a whole number that is not negative");
    }
}
