package io.tsdb.query.analysis;

import io.tsdb.query.function.Functions;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.ExpressionWalk;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// A query in an expression that is tied to the rows around it, as queries that are not: of all its
/// rows at once, with the keys by which they are beside those.
///
/// @param keys what is compared in its rows
/// @param outer what that is compared with, of the rows around
/// @param rest its other conditions; null without
record Correlation(
        Query query,
        Query.Select select,
        List<Expression> keys,
        List<Expression> outer,
        @Nullable Expression rest) {
    /// The query as it is tied to the one around it.
    ///
    /// @param inside, around what can be named in the query and around it
    /// @return empty when it is not
    static Optional<Correlation> of(Query query, Query.Select select, Scope inside, Scope around) {
        var keys = new ArrayList<Expression>();
        var outer = new ArrayList<Expression>();
        var rest = new ArrayList<Expression>();
        for (Expression condition : conditions(select.where())) {
            if (ExpressionWalk.names(condition).stream()
                    .noneMatch(n -> isOuter(n, inside, around))) {
                rest.add(condition);
                continue;
            }
            if (!(condition instanceof Expression.Comparison(_, var operator, var left, var right))
                    || operator != ComparisonOperator.EQUAL) {
                throw unsupported(condition.position());
            }
            boolean leftIsOuter = isOuter(left, inside, around);
            if (leftIsOuter == isOuter(right, inside, around)) {
                throw unsupported(condition.position());
            }
            Expression key = leftIsOuter ? right : left;
            if (ExpressionWalk.names(key).isEmpty() || isOfSeveralRows(key)) {
                throw unsupported(condition.position());
            }
            keys.add(key);
            outer.add(leftIsOuter ? left : right);
        }
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        var correlation =
                new Correlation(
                        query,
                        select,
                        keys,
                        outer,
                        rest.isEmpty()
                                ? null
                                : rest.size() == 1
                                        ? rest.getFirst()
                                        : new Expression.And(select.position(), rest));
        correlation.check();
        return Optional.of(correlation);
    }

    private static List<Expression> conditions(@Nullable Expression where) {
        return switch (where) {
            case null -> List.of();
            case Expression.And(_, List<Expression> operands) ->
                    operands.stream().flatMap(o -> conditions(o).stream()).toList();
            default -> List.of(where);
        };
    }

    private static boolean isOuter(Expression.Name name, Scope inside, Scope around) {
        return !inside.hasColumn(name) && around.hasColumn(name);
    }

    /// Whether an expression names columns of the rows around, and none of its own.
    private static boolean isOuter(Expression expression, Scope inside, Scope around) {
        List<Expression.Name> names = ExpressionWalk.names(expression);
        boolean any = names.stream().anyMatch(name -> isOuter(name, inside, around));
        if (any && !names.stream().allMatch(name -> isOuter(name, inside, around))) {
            throw unsupported(expression.position());
        }
        return any;
    }

    static QueryException unsupported(Position at) {
        return new QueryException(
                QueryErrorCode.UNSUPPORTED,
                at,
                "a query in an expression is tied to the rows around it by equalities in its WHERE"
                        + " alone, such as b.host = a.host; otherwise write a JOIN");
    }

    private void check() {
        boolean windows =
                select.qualify() != null
                        || select.items().stream()
                                .anyMatch(i -> hasCall(i.expression(), c -> c.over() != null));
        if (windows
                || select.sampleBy() != null
                || select.fill() != null
                || !select.latestBy().isEmpty()
                || !select.distinctOn().isEmpty()
                || query.limitBy() != null
                || query.offset() != null) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    select.position(),
                    "a query that is tied to the rows around it has no windows, SAMPLE BY, FILL,"
                        + " LATEST BY, DISTINCT ON, LIMIT BY nor OFFSET; the newest row is ORDER BY"
                        + " time DESC LIMIT 1, else write a JOIN");
        }
        Expression limit = query.limit();
        if (limit != null && !isPositive(limit)) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    limit.position(),
                    "LIMIT of a query that is tied to the rows around it is a number from 1 on");
        }
        if (isOneGroup() && select.having() != null) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    select.having().position(),
                    "HAVING without GROUP BY does not go in a query that is tied to the rows around"
                            + " it; compare its value there");
        }
    }

    private static boolean isPositive(Expression number) {
        return number instanceof Expression.IntegerLiteral(_, String digits)
                && digits.chars().anyMatch(digit -> digit != '0')
                && !digits.startsWith("-");
    }

    /// Whether it has one row whatever rows there are: aggregates of all of them.
    boolean isOneGroup() {
        return select.groupBy().isEmpty()
                && (select.having() != null
                        || select.items().stream()
                                .anyMatch(i -> hasCall(i.expression(), Correlation::isAggregate)));
    }

    /// Whether an aggregate or a window is in an expression.
    private static boolean isOfSeveralRows(Expression expression) {
        return hasCall(expression, call -> isAggregate(call) || call.over() != null);
    }

    private static boolean isAggregate(Expression.Call call) {
        return Functions.aggregate(call.function().toLowerCase(Locale.ROOT)).isPresent();
    }

    private static boolean hasCall(
            @Nullable Expression expression, Predicate<Expression.Call> which) {
        boolean[] found = {false};
        if (expression != null) {
            ExpressionWalk.visit(
                    expression,
                    e -> found[0] |= e instanceof Expression.Call call && which.test(call));
        }
        return found[0];
    }

    boolean hasLimit() {
        return query.limit() != null;
    }

    /// Whether of several rows the first one is meant.
    boolean isFirstRow() {
        return query.limit() instanceof Expression.IntegerLiteral(_, String text)
                && text.equals("1");
    }

    private Position at() {
        return select.position();
    }

    private List<Expression.Item> keyItems() {
        var items = new ArrayList<Expression.Item>();
        for (Expression key : keys) {
            items.add(new Expression.Item(at(), key, null, keyName(items.size()), "key"));
        }
        return items;
    }

    private static String keyName(int index) {
        return "key " + (index + 1) + " of a query";
    }

    private List<Expression> keyNames() {
        var names = new ArrayList<Expression>();
        for (int i = 0; i < keys.size(); i++) {
            names.add(new Expression.Name(at(), keyName(i)));
        }
        return names;
    }

    /// The keys, then the query's own items, whose aliases other clauses may name.
    private List<Expression.Item> allItems() {
        var items = keyItems();
        items.addAll(select.items());
        return items;
    }

    private Query with(
            boolean distinct,
            List<Expression.Item> items,
            List<Query.OrderItem> orderBy,
            Query.@Nullable LimitBy limitBy) {
        return new Query(
                query.position(),
                query.with(),
                new Query.Select(
                        at(),
                        distinct,
                        List.of(),
                        items,
                        select.from(),
                        List.of(),
                        rest,
                        groupBy(),
                        null,
                        null,
                        select.having(),
                        null),
                orderBy,
                limitBy,
                null,
                null);
    }

    private List<Expression> groupBy() {
        var all = new ArrayList<Expression>();
        select.groupBy().forEach(expression -> all.add(moved(expression)));
        if (!select.groupBy().isEmpty() || isOneGroup()) {
            all.addAll(keyNames());
        }
        return all;
    }

    private List<Query.OrderItem> orderBy() {
        return query.orderBy().stream()
                .map(
                        item ->
                                new Query.OrderItem(
                                        item.position(),
                                        moved(item.expression()),
                                        item.descending(),
                                        item.nullsFirst()))
                .toList();
    }

    /// An ordinal as it is behind the keys.
    private Expression moved(Expression expression) {
        return expression instanceof Expression.IntegerLiteral(Position place, String text)
                        && isPositive(expression)
                ? new Expression.IntegerLiteral(
                        place, new BigInteger(text).add(BigInteger.valueOf(keys.size())).toString())
                : expression;
    }

    private Query.LimitBy oneOfEach() {
        return new Query.LimitBy(at(), new Expression.IntegerLiteral(at(), "1"), keyNames());
    }

    /// The different keys of its rows, first.
    Query existing() {
        return select.groupBy().isEmpty()
                ? with(true, keyItems(), List.of(), null)
                : with(false, allItems(), List.of(), oneOfEach());
    }

    /// Its keys and values, each pair once.
    Query distinctValues() {
        return with(true, valueItems(), List.of(), null);
    }

    /// A row for each of the keys: these, then the value of the group, or of the first row.
    Query values() {
        return isOneGroup()
                ? with(false, valueItems(), List.of(), null)
                : with(false, valueItems(), orderBy(), oneOfEach());
    }

    /// A row for each of the keys: these, one of the values, and of how many rows it is.
    Query countedValues() {
        return counted(with(select.distinct(), valueItems(), List.of(), null));
    }

    /// A row for each of the keys: these, one of the values, how many rows there are, and how many
    /// that are not NULL.
    Query countedDistinctValues() {
        return counted(distinctValues());
    }

    private Query counted(Query rows) {
        var items = new ArrayList<Expression.Item>();
        var names = new ArrayList<Expression.Name>();
        var groupBy = new ArrayList<Expression>();
        for (int i = 0; i < keys.size(); i++) {
            var name = new Expression.Name(at(), keyName(i));
            names.add(name);
            groupBy.add(name);
            items.add(new Expression.Item(at(), name, null, null, name.text()));
        }
        var value = new Expression.Name(at(), "value of a query");
        names.add(value);
        items.add(item("min", List.of(value)));
        items.add(item("count", List.of()));
        items.add(item("count", List.of(value)));
        return new Query(
                query.position(),
                List.of(),
                new Query.Select(
                        at(),
                        false,
                        List.of(),
                        items,
                        new Query.SubQuery(at(), rows, null, names),
                        List.of(),
                        null,
                        groupBy,
                        null,
                        null,
                        null,
                        null),
                List.of(),
                null,
                null);
    }

    private Expression.Item item(String function, List<Expression> arguments) {
        return new Expression.Item(
                at(),
                new Expression.Call(at(), function, false, arguments.isEmpty(), arguments, null),
                null,
                null,
                function);
    }

    /// What it gives where it has no rows.
    Query ofNoRows() {
        return new Query(
                query.position(),
                query.with(),
                new Query.Select(
                        at(),
                        false,
                        List.of(),
                        select.items(),
                        select.from(),
                        List.of(),
                        new Expression.BoolLiteral(at(), false),
                        List.of(),
                        null,
                        null,
                        null,
                        null),
                List.of(),
                null,
                null);
    }

    private List<Expression.Item> valueItems() {
        Expression.Item only = select.items().getFirst();
        if (select.items().size() != 1 || only.expression() == null) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    at(),
                    "a query in an expression has one column"
                            + (select.items().size() == 1
                                    ? ", named, where it is tied to the rows around it"
                                    : ", not " + select.items().size()));
        }
        return allItems();
    }
}
