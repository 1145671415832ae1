package io.tsdb.query.analysis;

import io.tsdb.query.analysis.AnalyzedQuery.Column;
import io.tsdb.query.analysis.AnalyzedSelect.Output;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.ExpressionWalk;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Resolves a query: what its relations are, and how its parts are put together. Made for one
/// statement.
public final class QueryAnalyzer {
    /// Most queries that a statement's plan is made of. A common table is planned as often as it is
    /// named, and tables that each name one twice would multiply.
    private static final int QUERIES_MAX = 200;

    private final Measurements measurements;
    private final Parameters parameters;
    private final SubQueries subQueries;
    private final long nowNanos;
    private final ZoneId timeZone;
    private final Map<AnalyzedQuery, Integer> queryCounts = new IdentityHashMap<>();

    /// Queries in `FROM`: what stands in expressions is looked at several times, and if each look
    /// resolved them, those nested in one another would multiply.
    private final Map<Query.SubQuery, Relation.Derived> derived = new IdentityHashMap<>();

    /// Of the query in whose expressions the one that is resolved stands.
    private @Nullable Scope around;

    /// @param subQueries runs queries in expressions while the query around them is resolved
    /// @param nowNanos what `now()` is
    /// @param timeZone of the session
    public QueryAnalyzer(
            Measurements measurements,
            Parameters parameters,
            SubQueries subQueries,
            long nowNanos,
            ZoneId timeZone) {
        this.measurements = measurements;
        this.parameters = parameters;
        this.subQueries = subQueries;
        this.nowNanos = nowNanos;
        this.timeZone = timeZone;
    }

    public AnalyzedQuery analyze(Query query) {
        return SessionZone.in(timeZone, () -> analyze(query, Map.of()));
    }

    /// Counts the queries that a query is made of.
    private <Q extends AnalyzedQuery> Q counted(Q query, Position position) {
        int count =
                switch (query) {
                    case AnalyzedSelect select ->
                            1 + select.relationUses() * count(select.relation());
                    case AnalyzedQuery.Combined combined ->
                            count(combined.left()) + count(combined.right());
                    case AnalyzedQuery.Rows _ -> 1;
                };
        if (count > QUERIES_MAX) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    position,
                    "with its common tables as often as they are named, the statement has more than"
                            + " "
                            + QUERIES_MAX
                            + " queries");
        }
        queryCounts.put(query, count);
        return query;
    }

    private int count(Relation relation) {
        return switch (relation) {
            case Relation.Derived(AnalyzedQuery query, _) -> count(query);
            case Relation.Joined joined -> {
                int count = 0;
                for (Relation.Part part : joined.parts()) {
                    count += count(part.relation());
                }
                yield count;
            }
            case Relation.Measurement _, Relation.Nothing _ -> 0;
        };
    }

    private int count(AnalyzedQuery query) {
        return queryCounts.getOrDefault(query, 1);
    }

    private AnalyzedQuery analyze(Query query, Map<String, Relation.Derived> outer) {
        Map<String, Relation.Derived> tables = outer;
        var named = new HashSet<String>();
        for (Query.CommonTable table : query.with()) {
            if (!named.add(table.name())) {
                throw new QueryException(
                        QueryErrorCode.AMBIGUOUS_NAME,
                        table.position(),
                        "WITH names '" + table.name() + "' twice");
            }
            // each sees those before it
            AnalyzedQuery rows = analyze(table.query(), tables);
            var more = new HashMap<>(tables);
            more.put(table.name(), derived(rows, table.columns(), table.position()));
            tables = more;
        }
        if (query.body() instanceof Query.Select select) {
            return select(select, query, tables);
        }
        AnalyzedQuery body = body(query.body(), tables);
        if (query.orderBy().isEmpty()
                && query.limitBy() == null
                && query.limit() == null
                && query.offset() == null) {
            return body;
        }
        return ordered(body, query, tables);
    }

    private AnalyzedQuery body(Query.Body body, Map<String, Relation.Derived> tables) {
        return switch (body) {
            case Query.Select select ->
                    select(
                            select,
                            new Query(select.position(), List.of(), select, List.of(), null, null),
                            tables);
            case Query.Nested(_, Query query) -> analyze(query, tables);
            case Query.Values values -> values(values, tables);
            case Query.SetOperation operation -> combined(operation, tables);
        };
    }

    private AnalyzedQuery select(
            Query.Select select, Query query, Map<String, Relation.Derived> tables) {
        Scope read = scope(select.from(), tables);
        Scope source =
                !(read instanceof JoinScope) && hasTied(select, query, read, tables)
                        ? JoinScope.of(read)
                        : read;
        source.standsIn(around);
        return counted(
                new SelectAnalyzer(select, query, source, parameters, in(tables), nowNanos)
                        .analyze(),
                select.position());
    }

    /// Queries in expressions see the common tables too.
    private SubQueryBinder in(Map<String, Relation.Derived> tables) {
        return new SubQueryBinder(
                (query, scope) -> {
                    Scope before = around;
                    around = scope;
                    AnalyzedQuery analyzed = analyze(query, tables);
                    around = before;
                    return analyzed;
                },
                (query, scope) -> tied(query, scope, tables),
                subQueries);
    }

    /// How a query in an expression is tied to the rows around it.
    private Optional<Correlation> tied(
            Query query, Scope around, Map<String, Relation.Derived> tables) {
        if (!query.with().isEmpty()
                || !(query.body() instanceof Query.Select select)
                || select.from() == null
                || select.where() == null) {
            return Optional.empty();
        }
        return Correlation.of(query, select, scope(select.from(), tables), around);
    }

    /// Whether a query in one of the select's expressions is tied to its rows.
    private boolean hasTied(
            Query.Select select, Query query, Scope source, Map<String, Relation.Derived> tables) {
        var expressions = new ArrayList<>(select.groupBy());
        expressions.addAll(select.distinctOn());
        for (Expression.Item item : select.items()) {
            expressions.add(item.expression());
        }
        query.orderBy().forEach(item -> expressions.add(item.expression()));
        expressions.addAll(Arrays.asList(select.where(), select.having(), select.qualify()));
        var found = new boolean[1];
        for (Expression expression : expressions) {
            if (expression != null) {
                ExpressionWalk.visit(
                        expression,
                        e -> {
                            Query inner =
                                    switch (e) {
                                        case Expression.ScalarQuery q -> q.query();
                                        case Expression.Exists q -> q.query();
                                        case Expression.InQuery q -> q.query();
                                        default -> null;
                                    };
                            found[0] |= inner != null && tied(inner, source, tables).isPresent();
                        });
            }
        }
        return found[0];
    }

    /// The columns that expressions see of what stands behind `FROM`.
    private Scope scope(Query.@Nullable Relation relation, Map<String, Relation.Derived> tables) {
        return switch (relation) {
            case null -> Scope.nothing();
            case Query.Table(Position at, String name, String alias) -> {
                Relation.Derived table = tables.get(name);
                yield table == null
                        ? new MeasurementScope(measurements.find(name, at), alias)
                        : new DerivedScope(
                                table, alias == null ? name : alias, " in '" + name + "'");
            }
            case Query.Catalogue(Position at, var table, String alias) -> {
                String name = table.name().toLowerCase(Locale.ROOT);
                yield new DerivedScope(
                        derived(measurements.catalogue(table, at), List.of(), at),
                        alias == null ? name : alias,
                        " in 'information_schema." + name + "'");
            }
            case Query.SubQuery sub ->
                    new DerivedScope(
                            derived(sub, tables),
                            sub.alias(),
                            sub.alias() == null
                                    ? " in the query of FROM"
                                    : " in '" + sub.alias() + "'");
            case Query.Join _, Query.AsofJoin _, Query.WindowJoin _ ->
                    new JoinAnalyzer(
                                    one -> scope(one, tables),
                                    over ->
                                            new ExpressionBinder.Context(
                                                    over,
                                                    Map.of(),
                                                    parameters,
                                                    in(tables),
                                                    nowNanos,
                                                    null))
                            .analyze(relation);
        };
    }

    private Relation.Derived derived(Query.SubQuery sub, Map<String, Relation.Derived> tables) {
        Relation.Derived known = derived.get(sub);
        if (known == null) {
            known = derived(analyze(sub.query(), tables), sub.columns(), sub.position());
            derived.put(sub, known);
        }
        return known;
    }

    /// @param names for the query's columns; empty to leave them
    private static Relation.Derived derived(
            AnalyzedQuery query, List<Expression.Name> names, Position position) {
        List<Column> columns = query.columns();
        if (names.isEmpty()) {
            return new Relation.Derived(query, columns.stream().map(Column::name).toList());
        }
        if (names.size() != columns.size()) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    position,
                    "there are "
                            + names.size()
                            + " names for the "
                            + columns.size()
                            + " columns of the query");
        }
        var known = new HashSet<String>();
        for (Expression.Name name : names) {
            if (!known.add(name.text())) {
                throw new QueryException(
                        QueryErrorCode.AMBIGUOUS_NAME,
                        name.position(),
                        "more than one column is named '" + name.text() + "'");
            }
        }
        return new Relation.Derived(query, names.stream().map(Expression.Name::text).toList());
    }

    /// `ORDER BY`, `LIMIT` and `OFFSET` of what is no single `SELECT`: as of one over its rows.
    private AnalyzedQuery ordered(
            AnalyzedQuery body, Query query, Map<String, Relation.Derived> tables) {
        Position at = query.position();
        var all =
                Query.Select.of(
                        at, List.of(new Expression.Item(at, null, null, null, "*")), null, null);
        Scope source = new DerivedScope(derived(body, List.of(), at), null, " in the query");
        return counted(
                new SelectAnalyzer(all, query, source, parameters, in(tables), nowNanos).analyze(),
                at);
    }

    private AnalyzedQuery values(Query.Values values, Map<String, Relation.Derived> tables) {
        var context =
                new ExpressionBinder.Context(
                        Scope.nothing(), Map.of(), parameters, in(tables), nowNanos, null);
        var binder = new ExpressionBinder(context, "VALUES", false, new Aliases());
        int width = values.rows().getFirst().size();
        var rows = new ArrayList<List<BoundExpression>>();
        for (List<Expression> row : values.rows()) {
            if (row.size() != width) {
                throw new QueryException(
                        QueryErrorCode.INVALID_VALUE,
                        row.getFirst().position(),
                        "the first row of VALUES has " + width + " values, this one " + row.size());
            }
            var bound = new ArrayList<BoundExpression>();
            for (Expression value : row) {
                BoundExpression one = binder.bind(value);
                ConstantArithmetic.requireValues(one);
                bound.add(one instanceof Constant constant ? constant : computed(one));
            }
            rows.add(bound);
        }
        var columns = new ArrayList<Column>();
        var constants = new ArrayList<List<Constant>>();
        values.rows().forEach(_ -> constants.add(new ArrayList<>()));
        for (int i = 0; i < width; i++) {
            BoundExpression common = rows.getFirst().get(i);
            for (List<BoundExpression> row : rows) {
                common = Coercion.pair(common, row.get(i), "list", values.position()).getFirst();
            }
            columns.add(new Column("column" + (i + 1), common.type()));
            for (int row = 0; row < rows.size(); row++) {
                BoundExpression value = rows.get(row).get(i);
                constants
                        .get(row)
                        .add(
                                (Constant)
                                        Coercion.to(value, common.type(), values.position())
                                                .orElseThrow());
            }
        }
        return new AnalyzedQuery.Rows(columns, constants);
    }

    /// What an expression without columns gives.
    private Constant computed(BoundExpression expression) {
        var select =
                AnalyzedSelect.over(
                        new Relation.Nothing(), List.of(new Output("value", expression)));
        return subQueries.first(select, 1).getFirst();
    }

    private AnalyzedQuery combined(
            Query.SetOperation operation, Map<String, Relation.Derived> tables) {
        AnalyzedQuery left = body(operation.left(), tables);
        AnalyzedQuery right = body(operation.right(), tables);
        int width = left.columns().size();
        if (right.columns().size() != width) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    operation.position(),
                    operation.operator()
                            + " puts queries with as many columns together, not "
                            + width
                            + " and "
                            + right.columns().size());
        }
        var types = new ArrayList<ColumnType>();
        for (int i = 0; i < width; i++) {
            types.add(
                    Coercion.pair(
                                    input(left, i),
                                    input(right, i),
                                    "put together",
                                    operation.position())
                            .getFirst()
                            .type());
        }
        return counted(
                new AnalyzedQuery.Combined(
                        operation.operator(),
                        operation.all(),
                        cast(left, types, operation.position()),
                        cast(right, types, operation.position())),
                operation.position());
    }

    private static BoundExpression input(AnalyzedQuery query, int index) {
        Column column = query.columns().get(index);
        return query.isNull(index)
                ? new Constant(column.type(), null)
                : new Input(index, column.type(), column.name());
    }

    /// The query with columns of these types.
    private AnalyzedQuery cast(AnalyzedQuery query, List<ColumnType> types, Position position) {
        if (query.columns().stream().map(Column::type).toList().equals(types)) {
            return query;
        }
        var outputs = new ArrayList<Output>();
        for (int i = 0; i < types.size(); i++) {
            BoundExpression column =
                    Coercion.to(input(query, i), types.get(i), position).orElseThrow();
            outputs.add(new Output(query.columns().get(i).name(), column, query.isLocal(i)));
        }
        return counted(AnalyzedSelect.over(derived(query, List.of(), position), outputs), position);
    }
}
