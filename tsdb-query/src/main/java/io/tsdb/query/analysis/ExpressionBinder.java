package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.Functions;
import io.tsdb.query.sql.ArithmeticOperator;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Interval;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.Uint64;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Resolves one expression: names by its scope, then types.
final class ExpressionBinder {
    /// What an expression is resolved against.
    ///
    /// @param items texts of the select list by alias, for errors where an alias cannot be used
    /// @param nowNanos what `now()` is
    /// @param gapBuckets where `time_bucket_gapfill` is noted; null where it cannot stand
    record Context(
            Scope scope,
            Map<String, String> items,
            Parameters parameters,
            SubQueryBinder subQueries,
            long nowNanos,
            @Nullable GapBuckets gapBuckets) {}

    private final Context context;
    private final String clause;
    private final Aliases aliases;
    private final CallBinder calls;
    private final ComparisonBinder comparisons;

    /// @param clause where the expression stands, for errors: `WHERE`
    /// @param aliases items of the select list that can be named too
    ExpressionBinder(Context context, String clause, boolean aggregatesAllowed, Aliases aliases) {
        this.context = context;
        this.clause = clause;
        this.aliases = aliases;
        this.calls = new CallBinder(this, aggregatesAllowed, clause);
        this.comparisons = new ComparisonBinder(this, context.parameters());
    }

    Scope scope() {
        return context.scope();
    }

    long nowNanos() {
        return context.nowNanos();
    }

    @Nullable GapBuckets gapBuckets() {
        return context.gapBuckets();
    }

    BoundExpression bind(Expression expression) {
        return switch (expression) {
            case Expression.Name name -> name(name);
            case Expression.NullLiteral _ -> new Constant(ColumnType.STRING, null);
            case Expression.BoolLiteral(_, boolean value) -> new Constant(ColumnType.BOOL, value);
            case Expression.IntegerLiteral literal -> integer(literal);
            case Expression.DecimalLiteral(_, double value) ->
                    new Constant(ColumnType.FLOAT64, value);
            case Expression.StringLiteral(_, String value) ->
                    new Constant(ColumnType.STRING, value);
            case Expression.TimestampLiteral(_, long nanos, boolean isLocal) ->
                    new Constant(ColumnType.TIMESTAMP, isLocal ? SessionZone.time(nanos) : nanos);
            case Expression.IntervalLiteral(Position position, _) ->
                    throw Coercion.mismatch(
                            position,
                            "an interval can only be added to or subtracted from a timestamp");
            case Expression.Parameter parameter -> context.parameters().value(parameter);
            case Expression.Call call -> calls.bind(call);
            case Expression.Cast cast ->
                    cast.typeName().equalsIgnoreCase("date")
                            ? bind(
                                    day(
                                            cast.position(),
                                            new Expression.Cast(
                                                    cast.position(),
                                                    cast.operand(),
                                                    "timestamp",
                                                    cast.tries())))
                            : CastBinder.bind(cast, bind(cast.operand()));
            case Expression.Case c -> ofCase(c);
            case Expression.Negate negate -> negate(negate);
            case Expression.Arithmetic arithmetic -> arithmetic(arithmetic);
            case Expression.Concat concat -> concat(concat);
            case Expression.Comparison(
                            Position at,
                            ComparisonOperator operator,
                            Expression left,
                            Expression right) ->
                    comparisons.bind(operator, left, right, at);
            case Expression.RegexMatch match -> regex(match);
            case Expression.Like like -> like(like);
            case Expression.Between between -> comparisons.between(between);
            case Expression.In in -> comparisons.in(in);
            case Expression.InQuery in -> in(in);
            case Expression.InPeriod in -> comparisons.in(in);
            case Expression.ScalarQuery scalar -> context.subQueries().scalar(scalar, this);
            case Expression.Exists exists -> context.subQueries().exists(exists, this);
            case Expression.IsNull(_, Expression operand, boolean negated) ->
                    new BoundExpression.IsNull(bind(operand), negated);
            case Expression.IsTruth is -> truth(is);
            case Expression.IsDistinct is -> comparisons.distinct(is);
            case Expression.Not(Position at, Expression operand) ->
                    new BoundExpression.Not(condition(operand, at, "NOT"));
            case Expression.And(Position at, List<Expression> operands) ->
                    InLists.and(conditions(operands, at, "AND"));
            case Expression.Or(Position at, List<Expression> operands) ->
                    InLists.or(conditions(operands, at, "OR"));
        };
    }

    /// An expression of type BOOL.
    BoundExpression condition(Expression expression, Position position, String where) {
        return condition(expression, bind(expression), position, where);
    }

    /// A clause of type BOOL.
    BoundExpression conditionAlone(Expression expression, String where) {
        return condition(expression, bindAlone(expression), expression.position(), where);
    }

    private static BoundExpression condition(
            Expression expression, BoundExpression bound, Position position, String where) {
        return Coercion.to(bound, ColumnType.BOOL, position)
                .orElseThrow(
                        () ->
                                Coercion.mismatch(
                                        expression.position(),
                                        where
                                                + " takes a bool, not "
                                                + bound.type().sqlName()
                                                + ": "
                                                + ExpressionText.of(bound)));
    }

    private List<BoundExpression> conditions(
            List<Expression> operands, Position position, String where) {
        var bound = new ArrayList<BoundExpression>();
        operands.forEach(operand -> bound.add(condition(operand, position, where)));
        return bound;
    }

    /// An expression that makes up a clause, or an item of it: a name is an alias here before it is
    /// a column.
    BoundExpression bindAlone(Expression expression) {
        return expression instanceof Expression.Name name
                ? aliases.find(name).map(Aliases.Item::expression).orElseGet(() -> name(name))
                : bind(expression);
    }

    /// As [#bindAlone(Expression)], where SQL's dialects differ in what comes first: a name that is
    /// both is refused.
    BoundExpression bindUnambiguous(Expression expression) {
        if (expression instanceof Expression.Name name) {
            Optional<BoundExpression> column = context.scope().find(name);
            Optional<Aliases.Item> item = aliases.find(name);
            if (column.isPresent() && item.isPresent()) {
                requireSame(name, column.get(), item.get());
            }
        }
        return bindAlone(expression);
    }

    private void requireSame(Expression.Name name, BoundExpression column, Aliases.Item item) {
        if (!column.equals(item.expression())) {
            String text = ExpressionText.of(item.expression());
            throw new QueryException(
                    QueryErrorCode.AMBIGUOUS_NAME,
                    name.position(),
                    "'"
                            + name.text()
                            + "' is a column and the alias of "
                            + text
                            + "; write "
                            + clause
                            + " "
                            + item.ordinal()
                            + " or "
                            + clause
                            + " "
                            + text
                            + ", or choose another alias");
        }
    }

    private BoundExpression name(Expression.Name name) {
        Optional<BoundExpression> column = context.scope().find(name);
        if (column.isPresent()) {
            return column.get();
        }
        Optional<Aliases.Item> item = aliases.find(name);
        Optional<Expression> now = item.isPresent() ? Optional.empty() : current(name);
        if (now.isPresent()) {
            return bind(now.get());
        }
        BoundExpression found = item.orElseThrow(() -> unknown(name)).expression();
        calls.requireNoAggregateInside(found, name.position());
        return found;
    }

    /// `current_timestamp` and `current_date`, which are no names in standard SQL.
    private static Optional<Expression> current(Expression.Name name) {
        if (name.quoted() || name.qualifier() != null) {
            return Optional.empty();
        }
        var now = call(name.position(), Functions.NOW, List.of());
        return switch (name.text().toLowerCase(Locale.ROOT)) {
            case "current_timestamp" -> Optional.of(now);
            case "current_date" -> Optional.of(day(name.position(), now));
            default -> Optional.empty();
        };
    }

    /// The start of the day that a time lies in.
    private static Expression day(Position at, Expression time) {
        return call(
                at, Functions.DATE_TRUNC, List.of(new Expression.StringLiteral(at, "day"), time));
    }

    private static Expression.Call call(Position at, String function, List<Expression> arguments) {
        return new Expression.Call(at, function, false, false, arguments, null);
    }

    private QueryException unknown(Expression.Name name) {
        String item = name.qualifier() == null ? context.items().get(name.text()) : null;
        if (item == null) {
            return context.scope().unknown(name, aliases.names());
        }
        return new QueryException(
                QueryErrorCode.UNKNOWN_COLUMN,
                name.position(),
                "'"
                        + name.text()
                        + "' is an alias of the select list, which cannot be used here; write "
                        + item
                        + ", or put the query with the alias into FROM (SELECT ...)");
    }

    private static Constant integer(Expression.IntegerLiteral literal) {
        try {
            return new Constant(ColumnType.INT64, Long.parseLong(literal.text()));
        } catch (NumberFormatException _) {
            OptionalLong unsigned = Uint64.parse(literal.text());
            if (unsigned.isPresent()) {
                return new Constant(ColumnType.UINT64, unsigned.getAsLong());
            }
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    literal.position(),
                    literal.text()
                            + " passes the range of int64 and uint64; write "
                            + literal.text()
                            + ".0");
        }
    }

    private BoundExpression ofCase(Expression.Case c) {
        Expression operand = c.operand();
        BoundExpression compared = operand == null ? null : bind(operand);
        var conditions = new ArrayList<BoundExpression>();
        var results = new ArrayList<BoundExpression>();
        for (Expression.Branch branch : c.branches()) {
            Position at = branch.when().position();
            conditions.add(
                    compared == null
                            ? condition(branch.when(), at, "WHEN")
                            : comparisons.compare(
                                    ComparisonOperator.EQUAL, compared, bind(branch.when()), at));
            results.add(bind(branch.then()));
        }
        Expression otherwise = c.otherwise();
        results.add(otherwise == null ? new Constant(ColumnType.STRING, null) : bind(otherwise));
        BoundExpression common = results.getFirst();
        for (BoundExpression result : results) {
            common = Coercion.pair(common, result, "return", c.position()).getFirst();
        }
        ColumnType type = common.type();
        var same = new ArrayList<BoundExpression>();
        for (BoundExpression result : results) {
            same.add(
                    Coercion.to(result, type, c.position())
                            .orElseThrow(
                                    () ->
                                            Coercion.mismatch(
                                                    c.position(),
                                                    "cannot return "
                                                            + type.sqlName()
                                                            + " with "
                                                            + ExpressionText.of(result))));
        }
        return new BoundExpression.Case(conditions, same, type);
    }

    /// A chain of `||`, in whatever parentheses, is one call of all its texts; the last one is
    /// bound first.
    private BoundExpression concat(Expression.Concat concat) {
        var texts = new ArrayList<BoundExpression>();
        var open = new ArrayDeque<Expression>();
        open.push(concat);
        while (!open.isEmpty()) {
            Expression next = open.pop();
            if (next instanceof Expression.Concat(_, Expression left, Expression right)) {
                open.push(left);
                open.push(right);
            } else {
                texts.add(bind(next));
            }
        }
        // a text and something else is text, as in PostgreSQL
        boolean hasText = texts.stream().anyMatch(text -> text.type() == ColumnType.STRING);
        if (hasText) {
            texts.replaceAll(text -> CallBinder.asText(text, concat.position()));
        }
        return CallBinder.scalar(Functions.CONCAT, texts.reversed(), concat.position());
    }

    private BoundExpression negate(Expression.Negate negate) {
        BoundExpression operand = bind(negate.operand());
        BoundExpression factor =
                operand.type() == ColumnType.FLOAT64
                        ? new Constant(ColumnType.FLOAT64, -1.0)
                        : new Constant(ColumnType.INT64, -1L);
        boolean signed = operand.type().isNumeric() && operand.type() != ColumnType.UINT64;
        if (!signed && !Coercion.isNull(operand)) {
            throw Coercion.mismatch(negate.position(), "cannot negate " + operand.type().sqlName());
        }
        var source =
                new Expression.Arithmetic(
                        negate.position(),
                        ArithmeticOperator.MULTIPLY,
                        negate.operand(),
                        negate.operand());
        return ArithmeticBinder.bind(source, factor, operand, null, null);
    }

    private BoundExpression arithmetic(Expression.Arithmetic source) {
        boolean leftIsInterval = source.left() instanceof Expression.IntervalLiteral;
        boolean swap = leftIsInterval && source.operator() == ArithmeticOperator.ADD;
        Expression left = swap ? source.right() : source.left();
        Expression right = swap ? source.left() : source.right();
        BoundExpression boundLeft = bind(left);
        Optional<Interval> interval = interval(right, boundLeft.type() == ColumnType.TIMESTAMP);
        return ArithmeticBinder.bind(
                source,
                boundLeft,
                interval.isPresent() ? null : bind(right),
                interval.orElse(null),
                SessionZone.of(boundLeft, scope()).orElse(null));
    }

    /// The interval that an expression is: a literal, or, where `textToo`, a text or a parameter
    /// that reads as one.
    Optional<Interval> interval(Expression expression, boolean textToo) {
        return switch (expression) {
            case Expression.IntervalLiteral(_, Interval value) -> Optional.of(value);
            case Expression.Cast(
                            _,
                            Expression.StringLiteral(Position at, String text),
                            String type,
                            _)
                    when type.equalsIgnoreCase("interval") ->
                    Optional.of(interval(text, at));
            case Expression.StringLiteral(Position at, String text) when textToo ->
                    Optional.of(interval(text, at));
            case Expression.Parameter parameter when textToo ->
                    context.parameters().value(parameter).value() instanceof String text
                            ? Optional.of(interval(text, parameter.position()))
                            : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Interval interval(String text, Position position) {
        return Interval.parse(text).orElseThrow(() -> Interval.refusal(text, position));
    }

    private BoundExpression text(Expression expression, String operator) {
        BoundExpression bound = bind(expression);
        return Coercion.to(bound, ColumnType.STRING, expression.position())
                .orElseThrow(
                        () ->
                                Coercion.mismatch(
                                        expression.position(),
                                        operator
                                                + " takes a string, not "
                                                + bound.type().sqlName()));
    }

    private String pattern(Expression expression, String operator) {
        if (bind(expression) instanceof Constant(_, String pattern)) {
            return pattern;
        }
        throw Coercion.mismatch(
                expression.position(), "the pattern of " + operator + " must be a text constant");
    }

    private BoundExpression regex(Expression.RegexMatch match) {
        String pattern = pattern(match.pattern(), "~");
        PatternCheck.regex(pattern, match.pattern().position());
        return new BoundExpression.Regex(
                text(match.left(), "~"),
                match.anyCase() ? "(?i)" + pattern : pattern,
                match.negated());
    }

    private BoundExpression like(Expression.Like like) {
        String pattern = pattern(like.pattern(), "LIKE");
        PatternCheck.like(pattern, like.pattern().position());
        Expression escape = like.escape();
        String sign = escape == null ? "\\" : pattern(escape, "ESCAPE");
        return new BoundExpression.Like(
                text(like.operand(), "LIKE"),
                PatternCheck.withBackslash(pattern, sign, like.pattern().position()),
                like.anyCase(),
                like.negated());
    }

    private BoundExpression truth(Expression.IsTruth is) {
        BoundExpression operand =
                condition(is.operand(), is.position(), is.value() ? "IS TRUE" : "IS FALSE");
        BoundExpression holds = is.value() ? operand : new BoundExpression.Not(operand);
        return new BoundExpression.Case(
                List.of(holds),
                List.of(
                        new Constant(ColumnType.BOOL, !is.negated()),
                        new Constant(ColumnType.BOOL, is.negated())),
                ColumnType.BOOL);
    }

    private BoundExpression in(Expression.InQuery in) {
        return context.subQueries().in(in, bind(in.operand()), this);
    }
}
