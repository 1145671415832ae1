package io.tsdb.query.sql;

import io.tsdb.query.sql.Expression.Item;
import io.tsdb.query.sql.Expression.Name;
import io.tsdb.query.sql.Statement.MeasurementName;
import io.tsdb.query.sql.Statement.OrderItem;
import io.tsdb.query.sql.grammar.SqlParser.AllColumnsContext;
import io.tsdb.query.sql.grammar.SqlParser.CreateDatabaseContext;
import io.tsdb.query.sql.grammar.SqlParser.DropDatabaseContext;
import io.tsdb.query.sql.grammar.SqlParser.ExplainStatementContext;
import io.tsdb.query.sql.grammar.SqlParser.ExpressionItemContext;
import io.tsdb.query.sql.grammar.SqlParser.LatestByContext;
import io.tsdb.query.sql.grammar.SqlParser.MeasurementContext;
import io.tsdb.query.sql.grammar.SqlParser.OrderItemContext;
import io.tsdb.query.sql.grammar.SqlParser.SelectContext;
import io.tsdb.query.sql.grammar.SqlParser.SelectItemContext;
import io.tsdb.query.sql.grammar.SqlParser.SelectStatementContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowDatabasesContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowFieldKeysContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowMeasurementsContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowSeriesContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowStatementContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowTagKeysContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowTagValuesContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowTagsContext;
import io.tsdb.query.sql.grammar.SqlParser.ShownContext;
import io.tsdb.query.sql.grammar.SqlParser.ShownTagsContext;
import io.tsdb.query.sql.grammar.SqlParser.StatementContext;

import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.Interval;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Parse tree to syntax tree: statements; expressions by [ExpressionBuilder].
final class TreeBuilder {
    private final ExpressionBuilder expressions = new ExpressionBuilder();

    Statement statement(StatementContext context) {
        Position at = ExpressionBuilder.position(context);
        return switch (context) {
            case SelectStatementContext c -> select(c.select());
            case ExplainStatementContext c -> new Statement.Explain(at, select(c.select()));
            case ShowStatementContext c -> shown(at, c.shown());
            case CreateDatabaseContext c ->
                    new Statement.CreateDatabase(
                            at, expressions.name(c.name()).text(), c.IF() != null);
            case DropDatabaseContext c ->
                    new Statement.DropDatabase(
                            at, expressions.name(c.name()).text(), c.IF() != null);
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private Statement shown(Position at, ShownContext context) {
        return switch (context) {
            case ShowDatabasesContext _ -> new Statement.ShowDatabases(at);
            case ShowMeasurementsContext _ -> new Statement.ShowMeasurements(at);
            case ShowTagsContext c -> shownTags(at, c.shownTags());
            case ShowFieldKeysContext c ->
                    new Statement.ShowFieldKeys(at, measurement(c.measurement()));
            case ShowSeriesContext c -> new Statement.ShowSeries(at, measurement(c.measurement()));
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private Statement shownTags(Position at, ShownTagsContext context) {
        return switch (context) {
            case ShowTagKeysContext c ->
                    new Statement.ShowTagKeys(at, measurement(c.measurement()));
            case ShowTagValuesContext c ->
                    new Statement.ShowTagValues(
                            at, measurement(c.measurement()), expressions.name(c.name()));
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private Statement.Select select(SelectContext context) {
        var items = new ArrayList<Item>();
        context.selectItem().forEach(item -> items.add(item(item)));
        var groupBy = new ArrayList<Expression>();
        boolean having = context.having != null;
        context.grouping.forEach(c -> groupBy.add(expressions.condition(c)));
        var orderBy = new ArrayList<OrderItem>();
        context.orderItem().forEach(item -> orderBy.add(orderItem(item)));
        return new Statement.Select(
                ExpressionBuilder.position(context),
                context.DISTINCT() != null,
                items,
                measurement(context.measurement()),
                latestBy(context.latestBy()),
                context.where == null ? null : expressions.condition(context.where),
                groupBy,
                having ? expressions.condition(context.having) : null,
                orderBy,
                context.limit == null ? null : expressions.value(context.limit),
                context.offset == null ? null : expressions.value(context.offset));
    }

    private Item item(SelectItemContext context) {
        Position at = ExpressionBuilder.position(context);
        return switch (context) {
            case AllColumnsContext _ -> new Item(at, null, null, "*");
            case ExpressionItemContext c -> {
                String alias = c.alias == null ? null : expressions.name(c.alias).text();
                Expression expression = expressions.condition(c.condition());
                String text = expression instanceof Name name ? name.text() : text(c.condition());
                yield new Item(at, expression, alias, text);
            }
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private static String text(ParserRuleContext context) {
        Token first = context.getStart();
        return first.getInputStream()
                .getText(Interval.of(first.getStartIndex(), context.getStop().getStopIndex()));
    }

    private List<Name> latestBy(List<LatestByContext> contexts) {
        if (contexts.size() > 1) {
            throw new QueryException(
                    QueryErrorCode.SYNTAX_ERROR,
                    ExpressionBuilder.position(contexts.get(1)),
                    "LATEST BY stands there twice");
        }
        var names = new ArrayList<Name>();
        contexts.forEach(c -> c.name().forEach(name -> names.add(expressions.name(name))));
        return names;
    }

    private OrderItem orderItem(OrderItemContext context) {
        boolean descending = context.direction != null && context.DESC() != null;
        Boolean nullsFirst = context.nulls == null ? null : context.FIRST() != null;
        return new OrderItem(
                ExpressionBuilder.position(context),
                expressions.condition(context.condition()),
                descending,
                nullsFirst);
    }

    private @Nullable MeasurementName measurement(@Nullable MeasurementContext context) {
        if (context == null) {
            return null;
        }
        return new MeasurementName(
                ExpressionBuilder.position(context), expressions.name(context.name()).text());
    }
}
