package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Aggregate;
import io.tsdb.query.analysis.BoundExpression.Case;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.Functions;
import io.tsdb.query.function.aggregate.AggregateFunction;
import io.tsdb.query.function.aggregate.CountAggregate;
import io.tsdb.query.function.aggregate.DistinctAggregate;
import io.tsdb.query.function.aggregate.OrderedAggregate;
import io.tsdb.query.function.aggregate.ParameterAggregate;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Resolves calls of aggregates: arguments and constants, `DISTINCT`, `FILTER`, `ORDER BY`, `WITHIN
/// GROUP`.
final class AggregateBinder {
    /// These are the same with `DISTINCT` and without.
    private static final Set<String> BLIND_TO_COPIES =
            Set.of(
                    "min",
                    "max",
                    "bool_and",
                    "bool_or",
                    "any_value",
                    "first",
                    "last",
                    "approx_count_distinct");

    private final ExpressionBinder expressions;

    /// @param expressions that arguments are resolved by
    AggregateBinder(ExpressionBinder expressions) {
        this.expressions = expressions;
    }

    /// An aggregate and its arguments of each row, of the types that it takes.
    record Resolved(AggregateFunction function, List<BoundExpression> arguments, ColumnType type) {}

    Aggregate bind(Expression.Call call, AggregateFunction function) {
        Resolved resolved = resolve(call, function);
        if (resolved.function().needsTime()) {
            time(call, resolved.function());
        }
        List<BoundExpression> arguments = resolved.arguments();
        return new Aggregate(
                resolved.function(),
                arguments.getFirst(),
                List.copyOf(arguments.subList(1, arguments.size())),
                resolved.type(),
                new Place(call.position()));
    }

    /// The time of the rows that an aggregate looks at; one where they have none, when it can do
    /// without.
    BoundExpression time(Expression.Call call, AggregateFunction function) {
        Optional<BoundExpression> time = expressions.scope().time();
        if (time.isEmpty() && function.needsTime()) {
            throw new QueryException(
                    QueryErrorCode.UNKNOWN_COLUMN,
                    call.position(),
                    call.function()
                            + " goes by the column time, which FROM does not have; select it"
                            + " there");
        }
        return time.orElseGet(() -> new Constant(ColumnType.TIMESTAMP, 0L));
    }

    Resolved resolve(Expression.Call call, AggregateFunction function) {
        Position at = call.position();
        if (call.star()) {
            CallBinder.requireArguments(call, function instanceof CountAggregate, function.usage());
            BoundExpression any = expressions.scope().anyValue(at);
            return new Resolved(
                    function,
                    List.of(filtered(call, any, new Constant(ColumnType.BOOL, true))),
                    ColumnType.INT64);
        }
        boolean takesOrder = OrderedAggregate.isOrderable(function);
        AggregateFunction named = takesOrder ? function : ordered(call, function);
        List<Expression> written = new ArrayList<>(call.arguments());
        if (call.within() != null) {
            written.addFirst(within(call, function).expression());
        } else if (!takesOrder && !call.orderBy().isEmpty()) {
            written.add(call.orderBy().getFirst().expression());
        }
        var bound = new ArrayList<BoundExpression>();
        written.forEach(a -> bound.add(expressions.bind(a)));
        if (bound.size() == 2 && isEdge(named)) {
            named = of(named, bound);
        }
        if (named.name().equals("duration_in") || named.name().equals("uptime_share")) {
            asCondition(bound, at);
        }
        int count = named.argumentCount();
        if (named instanceof ParameterAggregate parametric) {
            int parameters = bound.size() - count;
            CallBinder.requireArguments(
                    call,
                    parameters >= parametric.parametersMin()
                            && parameters <= parametric.parametersMax(),
                    named.usage());
            named =
                    parametric.with(
                            parameters(call, bound.subList(count, bound.size()), written, named),
                            at);
        } else {
            CallBinder.requireArguments(call, bound.size() == count, named.usage());
        }
        var arguments = new ArrayList<>(bound.subList(0, count));
        if (takesOrder && !call.orderBy().isEmpty()) {
            named = inOrder(call, named, arguments);
        }
        AggregateFunction chosen = call.distinct() ? distinct(call, named) : named;
        return typed(call, chosen, arguments);
    }

    private Resolved typed(
            Expression.Call call, AggregateFunction function, List<BoundExpression> bound) {
        Position at = call.position();
        var arguments = new ArrayList<BoundExpression>();
        for (BoundExpression argument : bound) {
            arguments.add(
                    Coercion.isNull(argument) ? new Constant(ColumnType.INT64, null) : argument);
        }
        List<ColumnType> given = arguments.stream().map(BoundExpression::type).toList();
        List<ColumnType> types =
                function.argumentTypes(given)
                        .orElseThrow(() -> CallBinder.wrongArguments(function.usage(), given, at));
        for (int i = 0; i < types.size(); i++) {
            arguments.set(
                    i,
                    Coercion.to(arguments.get(i), types.get(i), at)
                            .orElseThrow(
                                    () -> CallBinder.wrongArguments(function.usage(), given, at)));
        }
        ColumnType type =
                function.resultType(arguments.getFirst().type())
                        .orElseThrow(() -> CallBinder.wrongArguments(function.usage(), given, at));
        arguments.set(0, filtered(call, arguments.getFirst(), arguments.getFirst()));
        return new Resolved(function, arguments, type);
    }

    /// `FILTER (WHERE c)` leaves NULL in the place of other rows, and aggregates pass over that.
    private BoundExpression filtered(
            Expression.Call call, BoundExpression argument, BoundExpression kept) {
        Expression filter = call.filter();
        if (filter == null) {
            return argument;
        }
        BoundExpression condition =
                expressions.condition(filter, filter.position(), "FILTER (WHERE ...)");
        return new Case(
                List.of(condition), List.of(kept, new Constant(kept.type(), null)), kept.type());
    }

    /// `string_agg(s, ', ' ORDER BY y)`: y is an argument more, unless it is s.
    private AggregateFunction inOrder(
            Expression.Call call, AggregateFunction function, List<BoundExpression> arguments) {
        Query.OrderItem item = call.orderBy().getFirst();
        if (call.orderBy().size() > 1) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    call.orderBy().get(1).position(),
                    "the order of "
                            + function.name()
                            + " goes by one value; what is equal goes by"
                            + " the values that are put together");
        }
        BoundExpression key = expressions.bind(item.expression());
        boolean nullsFirst = item.nullsFirst() != null && item.nullsFirst();
        if (key.equals(arguments.getFirst())) {
            return new OrderedAggregate(function, null, item.descending(), nullsFirst);
        }
        if (call.distinct()) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    item.position(),
                    "with DISTINCT, ORDER BY is by what is put together: "
                            + function.name()
                            + "(DISTINCT x ... ORDER BY x)");
        }
        arguments.add(Coercion.isNull(key) ? new Constant(ColumnType.INT64, null) : key);
        return new OrderedAggregate(
                function, arguments.getLast().type(), item.descending(), nullsFirst);
    }

    private static boolean isEdge(AggregateFunction function) {
        return function.name().equals("first") || function.name().equals("last");
    }

    /// `last(x, y)`, as TimescaleDB has it, is `arg_max(x, y)`, and `last(x)` where y is the time.
    private AggregateFunction of(AggregateFunction edge, List<BoundExpression> arguments) {
        if (expressions.scope().time().equals(Optional.of(arguments.get(1)))) {
            arguments.removeLast();
            return edge;
        }
        return Functions.aggregate(edge.name().equals("first") ? "arg_min" : "arg_max")
                .orElseThrow();
    }

    /// `first(x ORDER BY y)` is `arg_min(x, y)`.
    private static AggregateFunction ordered(Expression.Call call, AggregateFunction function) {
        if (call.orderBy().isEmpty()) {
            return function;
        }
        Query.OrderItem item = call.orderBy().getFirst();
        boolean isFirst = function.name().equals("first");
        if (!isEdge(function) || call.orderBy().size() > 1) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    item.position(),
                    "ORDER BY goes with first, last, string_agg and array_agg: first(x ORDER BY y);"
                            + " other aggregates go by time where they go by an order");
        }
        boolean isLeast = isFirst != item.descending();
        return Functions.aggregate(isLeast ? "arg_min" : "arg_max").orElseThrow();
    }

    private static Query.OrderItem within(Expression.Call call, AggregateFunction function) {
        Query.OrderItem within = call.within();
        boolean fits =
                Set.of("percentile_cont", "percentile_disc", "approx_percentile", "mode", "median")
                        .contains(function.name());
        if (within == null || !fits || within.descending()) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    call.position(),
                    "WITHIN GROUP (ORDER BY x) goes with percentile_cont, percentile_disc and mode,"
                            + " in ascending order");
        }
        return within;
    }

    /// Two arguments are a value and what it is to be.
    private static void asCondition(List<BoundExpression> bound, Position at) {
        if (bound.size() == 2) {
            List<BoundExpression> sides = Coercion.pair(bound.get(0), bound.get(1), "compare", at);
            bound.clear();
            bound.add(
                    new BoundExpression.Comparison(
                            ComparisonOperator.EQUAL, sides.get(0), sides.get(1)));
        }
    }

    private static List<Object> parameters(
            Expression.Call call,
            List<BoundExpression> bound,
            List<Expression> written,
            AggregateFunction function) {
        var values = new ArrayList<Object>();
        for (int i = 0; i < bound.size(); i++) {
            ConstantArithmetic.requireValues(bound.get(i));
            if (!(bound.get(i) instanceof Constant(_, Object value)) || value == null) {
                Expression at = written.get(written.size() - bound.size() + i);
                throw Coercion.mismatch(
                        at.position(),
                        "what stands behind the argument of "
                                + call.function()
                                + " must be a constant; expected "
                                + function.usage());
            }
            values.add(value);
        }
        return values;
    }

    private static AggregateFunction distinct(Expression.Call call, AggregateFunction function) {
        if (BLIND_TO_COPIES.contains(function.name())) {
            return function;
        }
        if (function.name().equals("count")) {
            return Functions.COUNT_DISTINCT;
        }
        if (function.needsTime() || function.argumentCount() > 1) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    call.position(),
                    function.name()
                            + "(DISTINCT ...) has no meaning: it goes by "
                            + (function.needsTime() ? "time" : "pairs of values"));
        }
        return new DistinctAggregate(function);
    }
}
