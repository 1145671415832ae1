package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Aggregate;
import io.tsdb.query.analysis.BoundExpression.Call;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.ForeignFunctions;
import io.tsdb.query.function.Functions;
import io.tsdb.query.function.aggregate.AggregateFunction;
import io.tsdb.query.function.scalar.ScalarFunction;
import io.tsdb.query.function.scalar.ScalarSignature;
import io.tsdb.query.function.window.AggregateOverWindow;
import io.tsdb.query.function.window.SessionNumberFunction;
import io.tsdb.query.function.window.WindowFunction;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Interval;
import io.tsdb.query.sql.NearestName;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.WindowFrame;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Functions of calls, found by name and argument types.
final class CallBinder {
    private static final Set<String> BUCKETS =
            Set.of(
                    Functions.TIME_BUCKET,
                    Functions.TIME_BUCKET_GAPFILL,
                    Functions.DATE_TRUNC,
                    Functions.DATE_BIN);

    private final ExpressionBinder expressions;
    private final boolean aggregatesAllowed;
    private final String clause;
    private final BucketBinder buckets;
    private final AggregateBinder aggregates;
    private boolean insideAggregate;
    private boolean insideWindow;
    private boolean insideFilled;

    /// @param clause where the expression stands, for errors: `WHERE`
    CallBinder(ExpressionBinder expressions, boolean aggregatesAllowed, String clause) {
        this.expressions = expressions;
        this.aggregatesAllowed = aggregatesAllowed;
        this.clause = clause;
        this.buckets = new BucketBinder(expressions);
        this.aggregates = new AggregateBinder(expressions);
    }

    BoundExpression bind(Expression.Call call) {
        String name = call.function();
        if (name.equals(Functions.NOW)) {
            requireArguments(call, call.arguments().isEmpty() && call.isPlain(), "now()");
            return new Constant(ColumnType.TIMESTAMP, expressions.nowNanos());
        }
        if (BUCKETS.contains(name)) {
            return buckets.bind(call);
        }
        if (name.equals(Functions.LOCF) || name.equals(Functions.INTERPOLATE)) {
            return filled(call);
        }
        Optional<AggregateFunction> aggregate = Functions.aggregate(name);
        Expression.Window over = call.over();
        if (over != null) {
            return window(call, over, aggregate);
        }
        Optional<WindowFunction> window = Functions.window(name);
        if (window.isPresent()) {
            throw Coercion.mismatch(
                    call.position(),
                    name + " needs a window; expected " + window.get().usage() + " OVER (...)");
        }
        if (aggregate.isPresent()) {
            return aggregate(call, aggregate.get());
        }
        ScalarFunction scalar =
                Functions.scalar(name)
                        .orElseThrow(
                                () ->
                                        new QueryException(
                                                QueryErrorCode.UNKNOWN_FUNCTION,
                                                call.position(),
                                                "unknown function '" + name + "'" + hint(name)));
        requireArguments(call, call.isPlain(), scalar.usage());
        var arguments = new ArrayList<BoundExpression>();
        call.arguments().forEach(a -> arguments.add(expressions.bind(a)));
        if (name.startsWith("regexp_") && arguments.size() > 1) {
            Expression pattern = call.arguments().get(1);
            if (!(arguments.get(1) instanceof Constant(_, String text))) {
                throw Coercion.mismatch(
                        pattern.position(), "the pattern of " + name + " must be a text constant");
            }
            PatternCheck.regex(text, pattern.position());
        }
        if (scalar.takesAnyAsText()) {
            arguments.replaceAll(argument -> asText(argument, call.position()));
        }
        return TimeCalls.bind(scalar, arguments, call.position(), expressions);
    }

    static BoundExpression asText(BoundExpression argument, Position position) {
        return argument.type() == ColumnType.STRING || Coercion.isNull(argument)
                ? argument
                : new BoundExpression.Cast(argument, ColumnType.STRING, false, new Place(position));
    }

    private static String hint(String name) {
        return ForeignFunctions.here(name)
                .map(here -> "; " + here)
                .orElseGet(() -> NearestName.hint(name, Functions.names()));
    }

    /// A call of a scalar function; its arguments are cast as its signature says.
    static BoundExpression scalar(
            ScalarFunction function, List<BoundExpression> arguments, Position position) {
        List<ColumnType> types = List.of();
        Optional<ScalarSignature> resolved = Optional.empty();
        for (ColumnType type : typesOfNull(arguments)) {
            if (resolved.isEmpty()) {
                types = arguments.stream().map(a -> Coercion.isNull(a) ? type : a.type()).toList();
                resolved = function.resolve(types);
            }
        }
        List<ColumnType> tried = types;
        if (resolved.isEmpty()) {
            List<BoundExpression> unsigned = Coercion.withUnsigned(arguments);
            if (!unsigned.equals(arguments)) {
                return scalar(function, unsigned, position);
            }
        }
        ScalarSignature signature =
                resolved.orElseThrow(() -> wrongArguments(function.usage(), tried, position));
        var cast = new ArrayList<BoundExpression>();
        for (int i = 0; i < arguments.size(); i++) {
            cast.add(
                    Coercion.to(arguments.get(i), signature.arguments().get(i), position)
                            .orElseThrow(() -> wrongArguments(function.usage(), tried, position)));
        }
        return ConstantCall.fold(
                new Call(function, cast, signature.result(), new Place(position)), position);
    }

    /// What a null among the arguments may be: of the type of the others, or, where there are none,
    /// of any.
    private static List<ColumnType> typesOfNull(List<BoundExpression> arguments) {
        return arguments.stream()
                .filter(a -> !Coercion.isNull(a))
                .map(BoundExpression::type)
                .findFirst()
                .map(List::of)
                .orElse(List.of(ColumnType.INT64, ColumnType.STRING, ColumnType.TIMESTAMP));
    }

    static QueryException wrongArguments(String usage, List<ColumnType> types, Position position) {
        return Coercion.mismatch(
                position,
                "the arguments ("
                        + types.stream().map(ColumnType::sqlName).collect(Collectors.joining(", "))
                        + ") do not fit; expected "
                        + usage);
    }

    static void requireArguments(Expression.Call call, boolean fits, String usage) {
        if (!fits) {
            throw Coercion.mismatch(
                    call.position(),
                    "wrong arguments of " + call.function() + "; expected " + usage);
        }
    }

    /// Refuses an alias that stands for an aggregate within another one.
    void requireNoAggregateInside(BoundExpression item, Position position) {
        if (insideAggregate && ExpressionTree.hasAggregate(item)) {
            throw nested(position);
        }
    }

    private static QueryException nested(Position position) {
        return new QueryException(
                QueryErrorCode.NOT_GROUPED,
                position,
                "an aggregate cannot stand inside another one");
    }

    private BoundExpression aggregate(Expression.Call call, AggregateFunction function) {
        if (insideAggregate) {
            throw nested(call.position());
        }
        if (!aggregatesAllowed) {
            throw new QueryException(
                    QueryErrorCode.NOT_GROUPED,
                    call.position(),
                    "the aggregate '" + call.function() + "' cannot stand in " + clause);
        }
        insideAggregate = true;
        Aggregate bound = aggregates.bind(call, function);
        insideAggregate = false;
        return bound;
    }

    /// `locf` or `interpolate` of what is computed of groups.
    private BoundExpression filled(Expression.Call call) {
        String name = call.function();
        String usage = name + "(aggregate), as in " + name + "(avg(temp))";
        requireArguments(call, call.isPlain() && call.arguments().size() == 1, usage);
        if (insideAggregate || insideFilled || !aggregatesAllowed || clause.equals("HAVING")) {
            throw new QueryException(
                    QueryErrorCode.NOT_GROUPED,
                    call.position(),
                    insideAggregate || insideFilled
                            ? name + " cannot stand inside an aggregate or another one"
                            : name
                                    + " cannot stand in "
                                    + (clause.startsWith("WHERE") ? "WHERE" : clause)
                                    + ": gaps are filled behind it");
        }
        insideFilled = true;
        BoundExpression operand = expressions.bind(call.arguments().getFirst());
        insideFilled = false;
        if (!ExpressionTree.hasAggregate(operand) || ExpressionTree.hasWindow(operand)) {
            throw Coercion.mismatch(
                    call.position(), name + " takes an aggregate; expected " + usage);
        }
        if (name.equals(Functions.LOCF)) {
            return new BoundExpression.Filled(
                    new FillMode.Previous(), operand, new Place(call.position()));
        }
        return new BoundExpression.Filled(
                new FillMode.Linear(),
                Coercion.to(operand, ColumnType.FLOAT64, call.position())
                        .orElseThrow(
                                () ->
                                        wrongArguments(
                                                usage, List.of(operand.type()), call.position())),
                new Place(call.position()));
    }

    private BoundExpression window(
            Expression.Call call, Expression.Window over, Optional<AggregateFunction> aggregate) {
        boolean allowed = aggregatesAllowed && !clause.equals("HAVING");
        if (!allowed || insideAggregate || insideWindow) {
            throw new QueryException(
                    QueryErrorCode.NOT_GROUPED,
                    call.position(),
                    insideAggregate || insideWindow
                            ? "a function over a window cannot stand inside another one"
                            : "a function over a window cannot stand in "
                                    + (clause.startsWith("WHERE") ? "WHERE" : clause)
                                    + "; use QUALIFY");
        }
        insideWindow = true;
        WindowSpec window = windowSpec(over);
        BoundExpression bound =
                aggregate.isPresent()
                        ? aggregateOver(call, aggregate.get(), window)
                        : functionOver(call, windowFunction(call), window);
        insideWindow = false;
        return bound;
    }

    private WindowSpec windowSpec(Expression.Window over) {
        var partitionBy = new ArrayList<BoundExpression>();
        over.partitionBy().forEach(p -> partitionBy.add(expressions.bind(p)));
        var orderBy = new ArrayList<AnalyzedSelect.Order>();
        for (Query.OrderItem item : over.orderBy()) {
            Boolean nullsFirst = item.nullsFirst();
            orderBy.add(
                    new AnalyzedSelect.Order(
                            expressions.bind(item.expression()),
                            item.descending(),
                            nullsFirst != null && nullsFirst));
        }
        WindowFrame frame = over.frame();
        return new WindowSpec(
                partitionBy,
                orderBy,
                frame == null ? null : new FrameBinder(expressions).bind(frame, orderBy));
    }

    /// An aggregate that looks at times has them as its last argument.
    private BoundExpression aggregateOver(
            Expression.Call call, AggregateFunction aggregate, WindowSpec window) {
        AggregateBinder.Resolved resolved = aggregates.resolve(call, aggregate);
        var arguments = new ArrayList<>(resolved.arguments());
        if (resolved.function().usesTime()) {
            arguments.add(aggregates.time(call, resolved.function()));
        }
        return new BoundExpression.WindowCall(
                new AggregateOverWindow(resolved.function()),
                arguments,
                window,
                resolved.type(),
                new Place(call.position()));
    }

    private BoundExpression functionOver(
            Expression.Call call, WindowFunction function, WindowSpec window) {
        boolean isPlain = call.orderBy().isEmpty() && call.filter() == null;
        requireArguments(call, isPlain && !call.star() && !call.distinct(), function.usage());
        var arguments = new ArrayList<BoundExpression>();
        for (int i = 0; i < call.arguments().size(); i++) {
            Expression argument = call.arguments().get(i);
            arguments.add(
                    i == 0 && function instanceof SessionNumberFunction
                            ? gap(argument, function)
                            : expressions.bind(argument));
        }
        List<ColumnType> given =
                arguments.stream()
                        .map(a -> Coercion.isNull(a) ? ColumnType.INT64 : a.type())
                        .toList();
        List<ColumnType> types =
                function.resolve(given)
                        .orElseThrow(
                                () -> wrongArguments(function.usage(), given, call.position()));
        var cast = new ArrayList<BoundExpression>();
        for (int i = 0; i < arguments.size(); i++) {
            cast.add(
                    Coercion.to(arguments.get(i), types.get(i), call.position())
                            .orElseThrow(
                                    () ->
                                            wrongArguments(
                                                    function.usage(), given, call.position())));
        }
        return new BoundExpression.WindowCall(
                function, cast, window, types.getLast(), new Place(call.position()));
    }

    /// The gap between sessions, in nanoseconds.
    private BoundExpression gap(Expression argument, WindowFunction function) {
        Interval gap = buckets.width(argument, function.name(), function.usage());
        if (gap.months() != 0) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    argument.position(),
                    "months have no fixed length: the gap of session_number is in days at most");
        }
        return new Constant(ColumnType.INT64, gap.nanos());
    }

    private WindowFunction windowFunction(Expression.Call call) {
        if (Functions.scalar(call.function()).isPresent()) {
            throw new QueryException(
                    QueryErrorCode.UNKNOWN_FUNCTION,
                    call.position(),
                    call.function() + " is of one row, and takes no OVER");
        }
        return Functions.window(call.function())
                .orElseThrow(
                        () ->
                                new QueryException(
                                        QueryErrorCode.UNKNOWN_FUNCTION,
                                        call.position(),
                                        "unknown function '"
                                                + call.function()
                                                + "' over a window"
                                                + hint(call.function())));
    }
}
