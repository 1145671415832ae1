package io.tsdb.query.sql;

import io.tsdb.query.sql.Expression.Item;
import io.tsdb.query.sql.Expression.Name;
import io.tsdb.query.sql.Query.SetOperator;
import io.tsdb.query.sql.WindowFrame.Edge;
import io.tsdb.query.sql.grammar.SqlParser.AllColumnsContext;
import io.tsdb.query.sql.grammar.SqlParser.AllColumnsOfContext;
import io.tsdb.query.sql.grammar.SqlParser.AsofJoinContext;
import io.tsdb.query.sql.grammar.SqlParser.CatalogRelationContext;
import io.tsdb.query.sql.grammar.SqlParser.ColumnNamesContext;
import io.tsdb.query.sql.grammar.SqlParser.CommonTableContext;
import io.tsdb.query.sql.grammar.SqlParser.ConditionJoinContext;
import io.tsdb.query.sql.grammar.SqlParser.CrossJoinContext;
import io.tsdb.query.sql.grammar.SqlParser.ExcludeContext;
import io.tsdb.query.sql.grammar.SqlParser.ExpressionItemContext;
import io.tsdb.query.sql.grammar.SqlParser.FromClauseContext;
import io.tsdb.query.sql.grammar.SqlParser.IntersectContext;
import io.tsdb.query.sql.grammar.SqlParser.JoinConditionContext;
import io.tsdb.query.sql.grammar.SqlParser.JoinContext;
import io.tsdb.query.sql.grammar.SqlParser.JoinKindContext;
import io.tsdb.query.sql.grammar.SqlParser.JoinOnContext;
import io.tsdb.query.sql.grammar.SqlParser.JoinUsingContext;
import io.tsdb.query.sql.grammar.SqlParser.JoinedContext;
import io.tsdb.query.sql.grammar.SqlParser.LatestByContext;
import io.tsdb.query.sql.grammar.SqlParser.LimitByContext;
import io.tsdb.query.sql.grammar.SqlParser.MatchingColumnsContext;
import io.tsdb.query.sql.grammar.SqlParser.NestedBodyContext;
import io.tsdb.query.sql.grammar.SqlParser.PlainBodyContext;
import io.tsdb.query.sql.grammar.SqlParser.PlainQueryContext;
import io.tsdb.query.sql.grammar.SqlParser.PlainTermContext;
import io.tsdb.query.sql.grammar.SqlParser.QueryBodyContext;
import io.tsdb.query.sql.grammar.SqlParser.QueryContext;
import io.tsdb.query.sql.grammar.SqlParser.QueryPrimaryContext;
import io.tsdb.query.sql.grammar.SqlParser.QueryTailContext;
import io.tsdb.query.sql.grammar.SqlParser.QueryTermContext;
import io.tsdb.query.sql.grammar.SqlParser.RelationAliasContext;
import io.tsdb.query.sql.grammar.SqlParser.RelationContext;
import io.tsdb.query.sql.grammar.SqlParser.SampleByContext;
import io.tsdb.query.sql.grammar.SqlParser.SelectBodyContext;
import io.tsdb.query.sql.grammar.SqlParser.SelectContext;
import io.tsdb.query.sql.grammar.SqlParser.SelectItemContext;
import io.tsdb.query.sql.grammar.SqlParser.SubQueryRelationContext;
import io.tsdb.query.sql.grammar.SqlParser.TableRelationContext;
import io.tsdb.query.sql.grammar.SqlParser.UnionOrExceptContext;
import io.tsdb.query.sql.grammar.SqlParser.ValueExpressionContext;
import io.tsdb.query.sql.grammar.SqlParser.ValuesBodyContext;
import io.tsdb.query.sql.grammar.SqlParser.WindowEdgeContext;
import io.tsdb.query.sql.grammar.SqlParser.WindowJoinContext;
import io.tsdb.query.sql.grammar.SqlParser.WithClauseContext;

import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.Interval;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/// Parse tree to syntax tree: queries; expressions by [ExpressionBuilder].
final class QueryBuilder {
    private final ExpressionBuilder expressions;
    private final SampleBuilder sampling;

    QueryBuilder(ExpressionBuilder expressions) {
        this.expressions = expressions;
        this.sampling = new SampleBuilder(expressions);
    }

    Query query(QueryContext context) {
        QueryBodyContext body = context.queryBody();
        return query(
                ExpressionBuilder.position(context),
                context.withClause(),
                () -> body(term(body.queryTerm(0)), body.unionOrExcept(), body.queryTerm(), 1),
                context.queryTail());
    }

    Query query(PlainQueryContext context) {
        PlainBodyContext body = context.plainBody();
        PlainTermContext term = body.plainTerm();
        return query(
                ExpressionBuilder.position(context),
                context.withClause(),
                () ->
                        body(
                                term(
                                        select(term.select()),
                                        term.intersect(),
                                        term.queryPrimary(),
                                        0),
                                body.unionOrExcept(),
                                body.queryTerm(),
                                0),
                context.queryTail());
    }

    private Query query(
            Position at,
            @Nullable WithClauseContext withClause,
            Supplier<Query.Body> bodyOf,
            QueryTailContext tail) {
        var with = new ArrayList<Query.CommonTable>();
        if (withClause != null) {
            withClause.commonTable().forEach(table -> with.add(commonTable(table)));
        }
        var orderBy = new ArrayList<Query.OrderItem>();
        int windowDepth = expressions.windows().depth();
        Query.Body body = bodyOf.get();
        tail.orderItem().forEach(item -> orderBy.add(expressions.orderItem(item)));
        expressions.windows().leave(windowDepth);
        ValueExpressionContext limit = tail.limitBy() == null ? tail.first : tail.limitBy().limit;
        return new Query(
                at,
                with,
                body,
                orderBy,
                limitBy(tail),
                limit == null ? null : expressions.value(limit),
                tail.offset == null ? null : expressions.value(tail.offset));
    }

    private Query.@Nullable LimitBy limitBy(QueryTailContext tail) {
        LimitByContext context = tail.limitBy();
        if (context == null) {
            return null;
        }
        var by = new ArrayList<Expression>();
        context.condition().forEach(c -> by.add(expressions.condition(c)));
        return new Query.LimitBy(
                ExpressionBuilder.position(context), expressions.value(tail.first), by);
    }

    private Query.CommonTable commonTable(CommonTableContext context) {
        return new Query.CommonTable(
                ExpressionBuilder.position(context),
                expressions.name(context.name()).text(),
                columnNames(context.columnNames()),
                query(context.query()));
    }

    private List<Name> columnNames(@Nullable ColumnNamesContext context) {
        var names = new ArrayList<Name>();
        if (context != null) {
            context.name().forEach(name -> names.add(expressions.name(name)));
        }
        return names;
    }

    /// @param from number of the first term behind an operator
    private Query.Body body(
            Query.Body first,
            List<UnionOrExceptContext> operators,
            List<QueryTermContext> terms,
            int from) {
        Query.Body body = first;
        for (int i = 0; i < operators.size(); i++) {
            UnionOrExceptContext operator = operators.get(i);
            body =
                    new Query.SetOperation(
                            ExpressionBuilder.position(operator),
                            operator.UNION() == null ? SetOperator.EXCEPT : SetOperator.UNION,
                            operator.ALL() != null,
                            body,
                            term(terms.get(from + i)));
        }
        return body;
    }

    private Query.Body term(QueryTermContext context) {
        return term(
                primary(context.queryPrimary(0)), context.intersect(), context.queryPrimary(), 1);
    }

    private Query.Body term(
            Query.Body first,
            List<IntersectContext> operators,
            List<QueryPrimaryContext> primaries,
            int from) {
        Query.Body body = first;
        for (int i = 0; i < operators.size(); i++) {
            IntersectContext operator = operators.get(i);
            body =
                    new Query.SetOperation(
                            ExpressionBuilder.position(operator),
                            SetOperator.INTERSECT,
                            operator.ALL() != null,
                            body,
                            primary(primaries.get(from + i)));
        }
        return body;
    }

    private Query.Body primary(QueryPrimaryContext context) {
        Position at = ExpressionBuilder.position(context);
        return switch (context) {
            case SelectBodyContext c -> select(c.select());
            case ValuesBodyContext c -> {
                var rows = new ArrayList<List<Expression>>();
                c.valuesRow()
                        .forEach(
                                row -> {
                                    var values = new ArrayList<Expression>();
                                    row.condition()
                                            .forEach(v -> values.add(expressions.condition(v)));
                                    rows.add(values);
                                });
                yield new Query.Values(at, rows);
            }
            case NestedBodyContext c -> new Query.Nested(at, query(c.query()));
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private Query.Select select(SelectContext context) {
        // until the end of the query: its ORDER BY sees the windows of its last select
        expressions.windows().enter(context.namedWindow());
        var items = new ArrayList<Item>();
        context.selectItem().forEach(item -> items.add(item(item)));
        var distinctOn = new ArrayList<Expression>();
        if (context.distinctOn() != null) {
            context.distinctOn().condition().forEach(c -> distinctOn.add(expressions.condition(c)));
        }
        var groupBy = new ArrayList<Expression>();
        context.grouping.forEach(c -> groupBy.add(expressions.condition(c)));
        SampleByContext sampleBy = context.sampleBy();
        return new Query.Select(
                ExpressionBuilder.position(context),
                context.DISTINCT() != null,
                distinctOn,
                items,
                context.fromClause() == null ? null : from(context.fromClause()),
                latestBy(context.latestBy()),
                context.where == null ? null : expressions.condition(context.where),
                groupBy,
                sampleBy == null ? null : sampling.sampleBy(sampleBy),
                sampling.fill(context),
                context.having == null ? null : expressions.condition(context.having),
                context.qualify == null ? null : expressions.condition(context.qualify));
    }

    private Query.Relation from(FromClauseContext context) {
        Query.Relation from = joined(context.joined(0));
        for (JoinedContext next : context.joined().subList(1, context.joined().size())) {
            from =
                    new Query.Join(
                            ExpressionBuilder.position(next),
                            JoinKind.INNER,
                            from,
                            joined(next),
                            null,
                            List.of());
        }
        return from;
    }

    private Query.Relation joined(JoinedContext context) {
        Query.Relation left = relation(context.relation());
        for (JoinContext join : context.join()) {
            left = join(left, join);
        }
        return left;
    }

    private Query.Relation join(Query.Relation left, JoinContext context) {
        Position at = ExpressionBuilder.position(context);
        return switch (context) {
            case CrossJoinContext c ->
                    new Query.Join(
                            at, JoinKind.INNER, left, relation(c.relation()), null, List.of());
            case ConditionJoinContext c -> {
                Query.Relation right = relation(c.relation());
                On on = on(c.joinOn());
                yield new Query.Join(
                        at, kind(c.joinKind()), left, right, on.condition(), on.using());
            }
            case AsofJoinContext c -> {
                Query.Relation right = relation(c.relation());
                On on = c.joinOn() == null ? new On(null, List.of()) : on(c.joinOn());
                yield new Query.AsofJoin(
                        at,
                        c.LEFT() != null,
                        c.LT_JOIN() != null,
                        left,
                        right,
                        on.condition(),
                        on.using(),
                        c.tolerance == null ? null : expressions.value(c.tolerance));
            }
            case WindowJoinContext c -> {
                Query.Relation right = relation(c.relation());
                On on = c.joinOn() == null ? new On(null, List.of()) : on(c.joinOn());
                yield new Query.WindowJoin(
                        at,
                        left,
                        right,
                        on.condition(),
                        on.using(),
                        edge(c.start),
                        edge(c.end),
                        c.EXCLUDE() == null);
            }
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private WindowFrame.Bound edge(WindowEdgeContext context) {
        Position at = ExpressionBuilder.position(context);
        if (context.CURRENT() != null) {
            return new WindowFrame.Bound(at, Edge.CURRENT_ROW, null);
        }
        Expression distance =
                context.distance == null
                        ? ExpressionBuilder.interval(
                                at, context.number.getText() + " " + context.unit.getText())
                        : expressions.value(context.distance);
        return new WindowFrame.Bound(
                at, context.PRECEDING() == null ? Edge.FOLLOWING : Edge.PRECEDING, distance);
    }

    private static JoinKind kind(@Nullable JoinKindContext context) {
        if (context == null) {
            return JoinKind.INNER;
        }
        boolean isFull = context.FULL() != null;
        return JoinKind.of(context.LEFT() != null || isFull, context.RIGHT() != null || isFull);
    }

    /// @param using columns of both sides; empty when there is a condition
    private record On(@Nullable Expression condition, List<Name> using) {}

    private On on(JoinOnContext context) {
        return switch (context) {
            case JoinUsingContext c -> {
                var names = new ArrayList<Name>();
                c.name().forEach(name -> names.add(expressions.name(name)));
                yield new On(null, names);
            }
            case JoinConditionContext c -> {
                Expression condition = expressions.condition(c.condition());
                yield condition instanceof Name name && name.qualifier() == null
                        ? new On(null, List.of(name))
                        : new On(condition, List.of());
            }
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private Query.Relation relation(RelationContext context) {
        Position at = ExpressionBuilder.position(context);
        return switch (context) {
            case TableRelationContext c ->
                    new Query.Table(
                            at,
                            expressions.name(c.measurement().name()).text(),
                            alias(c.relationAlias()));
            case CatalogRelationContext c ->
                    new Query.Catalogue(at, catalogueTable(c), alias(c.relationAlias()));
            case SubQueryRelationContext c ->
                    new Query.SubQuery(
                            at,
                            query(c.query()),
                            alias(c.relationAlias()),
                            columnNames(c.columnNames()));
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    /// A name before a dot is that of no database: the request names it.
    private Query.CatalogueTable catalogueTable(CatalogRelationContext context) {
        String schema = expressions.name(context.schema).text();
        if (!schema.equalsIgnoreCase("information_schema")) {
            Token dot = ((TerminalNode) context.getChild(1)).getSymbol();
            throw new QueryException(
                    QueryErrorCode.SYNTAX_ERROR,
                    new Position(dot.getLine(), dot.getCharPositionInLine() + 1),
                    "unexpected '.': the database is named by the request: db=name, or tsdb sql"
                            + " --db name; a name that has a '.' is quoted: \""
                            + schema
                            + "."
                            + expressions.name(context.table).text()
                            + "\"");
        }
        Name table = expressions.name(context.table);
        return switch (table.text().toLowerCase(Locale.ROOT)) {
            case "tables" -> Query.CatalogueTable.TABLES;
            case "columns" -> Query.CatalogueTable.COLUMNS;
            default ->
                    throw new QueryException(
                            QueryErrorCode.UNKNOWN_MEASUREMENT,
                            table.position(),
                            "information_schema has tables and columns, no '" + table.text() + "'");
        };
    }

    private @Nullable String alias(@Nullable RelationAliasContext context) {
        if (context == null) {
            return null;
        }
        if (context.name() != null) {
            return expressions.name(context.name()).text();
        }
        return context.QUOTED() == null
                ? context.getText()
                : ExpressionBuilder.unquoted(context.getText());
    }

    private Item item(SelectItemContext context) {
        Position at = ExpressionBuilder.position(context);
        return switch (context) {
            case AllColumnsContext c ->
                    new Item(at, null, null, null, "*", excluded(c.exclude()), null);
            case AllColumnsOfContext c ->
                    new Item(
                            at,
                            null,
                            expressions.name(c.qualifier).text(),
                            null,
                            "*",
                            excluded(c.exclude()),
                            null);
            case MatchingColumnsContext c ->
                    new Item(
                            at,
                            null,
                            null,
                            null,
                            "*",
                            List.of(),
                            ExpressionBuilder.unquoted(c.pattern.getText()));
            case ExpressionItemContext c -> {
                String alias = c.alias == null ? null : expressions.name(c.alias).text();
                Expression expression = expressions.condition(c.condition());
                String text = expression instanceof Name name ? name.text() : text(c.condition());
                yield new Item(at, expression, null, alias, text);
            }
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private List<Name> excluded(@Nullable ExcludeContext context) {
        var names = new ArrayList<Name>();
        if (context != null) {
            context.name().forEach(name -> names.add(expressions.name(name)));
        }
        return names;
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
        for (LatestByContext context : contexts) {
            Name time = context.time == null ? null : expressions.name(context.time);
            if (time != null && !time.text().equals("time")) {
                throw new QueryException(
                        QueryErrorCode.UNSUPPORTED,
                        time.position(),
                        "the newest row is that of the column time: LATEST ON time PARTITION BY"
                                + " tag");
            }
            context.tag.forEach(name -> names.add(expressions.name(name)));
        }
        return names;
    }
}
