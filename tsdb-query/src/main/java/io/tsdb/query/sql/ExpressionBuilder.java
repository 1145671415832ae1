package io.tsdb.query.sql;

import io.tsdb.query.sql.grammar.SqlLexer;
import io.tsdb.query.sql.grammar.SqlParser.BetweenContext;
import io.tsdb.query.sql.grammar.SqlParser.BinaryValueContext;
import io.tsdb.query.sql.grammar.SqlParser.BoolLiteralContext;
import io.tsdb.query.sql.grammar.SqlParser.CallContext;
import io.tsdb.query.sql.grammar.SqlParser.CallOfAllContext;
import io.tsdb.query.sql.grammar.SqlParser.CaseExpressionContext;
import io.tsdb.query.sql.grammar.SqlParser.CastContext;
import io.tsdb.query.sql.grammar.SqlParser.CastSuffixContext;
import io.tsdb.query.sql.grammar.SqlParser.ColumnNameContext;
import io.tsdb.query.sql.grammar.SqlParser.ComparisonContext;
import io.tsdb.query.sql.grammar.SqlParser.ConditionContext;
import io.tsdb.query.sql.grammar.SqlParser.ConjunctionContext;
import io.tsdb.query.sql.grammar.SqlParser.DecimalLiteralContext;
import io.tsdb.query.sql.grammar.SqlParser.DisjunctionContext;
import io.tsdb.query.sql.grammar.SqlParser.DistinctTestContext;
import io.tsdb.query.sql.grammar.SqlParser.DurationLiteralContext;
import io.tsdb.query.sql.grammar.SqlParser.ExistsQueryContext;
import io.tsdb.query.sql.grammar.SqlParser.ExtractionContext;
import io.tsdb.query.sql.grammar.SqlParser.FilterContext;
import io.tsdb.query.sql.grammar.SqlParser.InContext;
import io.tsdb.query.sql.grammar.SqlParser.InListContext;
import io.tsdb.query.sql.grammar.SqlParser.InPeriodContext;
import io.tsdb.query.sql.grammar.SqlParser.InQueryContext;
import io.tsdb.query.sql.grammar.SqlParser.InSourceContext;
import io.tsdb.query.sql.grammar.SqlParser.IntegerLiteralContext;
import io.tsdb.query.sql.grammar.SqlParser.IntervalLiteralContext;
import io.tsdb.query.sql.grammar.SqlParser.LikeContext;
import io.tsdb.query.sql.grammar.SqlParser.NameContext;
import io.tsdb.query.sql.grammar.SqlParser.NegationContext;
import io.tsdb.query.sql.grammar.SqlParser.NullLiteralContext;
import io.tsdb.query.sql.grammar.SqlParser.NullTestContext;
import io.tsdb.query.sql.grammar.SqlParser.OrderItemContext;
import io.tsdb.query.sql.grammar.SqlParser.OtherBitsContext;
import io.tsdb.query.sql.grammar.SqlParser.OverContext;
import io.tsdb.query.sql.grammar.SqlParser.ParameterContext;
import io.tsdb.query.sql.grammar.SqlParser.ParenthesizedContext;
import io.tsdb.query.sql.grammar.SqlParser.PositionContext;
import io.tsdb.query.sql.grammar.SqlParser.PredicateContext;
import io.tsdb.query.sql.grammar.SqlParser.PredicatedContext;
import io.tsdb.query.sql.grammar.SqlParser.PrimaryContext;
import io.tsdb.query.sql.grammar.SqlParser.PrimaryValueContext;
import io.tsdb.query.sql.grammar.SqlParser.RegexMatchContext;
import io.tsdb.query.sql.grammar.SqlParser.ScalarQueryContext;
import io.tsdb.query.sql.grammar.SqlParser.SignContext;
import io.tsdb.query.sql.grammar.SqlParser.StringLiteralContext;
import io.tsdb.query.sql.grammar.SqlParser.TimeZoneSuffixContext;
import io.tsdb.query.sql.grammar.SqlParser.TimestampLiteralContext;
import io.tsdb.query.sql.grammar.SqlParser.TrimmingContext;
import io.tsdb.query.sql.grammar.SqlParser.TruthTestContext;
import io.tsdb.query.sql.grammar.SqlParser.ValueExpressionContext;

import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Parse tree to syntax tree: expressions. Chains of `AND`, `OR` and operators of one level are
/// walked in a loop, so their length does not eat the stack.
final class ExpressionBuilder {
    private static final String POSITION = "position";

    /// Most operators on the way from the root of an expression to a leaf: what later walks of the
    /// tree recurse through.
    private static final int CHAIN_MAX = 1_000;

    private final WindowBuilder windows = new WindowBuilder(this);
    private final QueryBuilder queries = new QueryBuilder(this);

    /// Operators above what is being built.
    private int operatorsAbove;

    QueryBuilder queries() {
        return queries;
    }

    Expression condition(ConditionContext context) {
        return switch (context) {
            case PredicatedContext c -> predicated(c);
            case NegationContext c -> new Expression.Not(position(c), condition(c.condition()));
            case ConjunctionContext c -> {
                var operands = new ArrayList<Expression>();
                ConditionContext left = c;
                while (left instanceof ConjunctionContext and) {
                    operands.add(condition(and.condition(1)));
                    left = and.condition(0);
                }
                operands.add(condition(left));
                yield new Expression.And(position(c), reversed(operands));
            }
            case DisjunctionContext c -> {
                var operands = new ArrayList<Expression>();
                ConditionContext left = c;
                while (left instanceof DisjunctionContext or) {
                    operands.add(condition(or.condition(1)));
                    left = or.condition(0);
                }
                operands.add(condition(left));
                yield new Expression.Or(position(c), reversed(operands));
            }
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private static List<Expression> reversed(List<Expression> operands) {
        Collections.reverse(operands);
        return operands;
    }

    private Expression predicated(PredicatedContext context) {
        Expression subject = value(context.valueExpression());
        PredicateContext predicate = context.predicate();
        if (predicate == null) {
            return subject;
        }
        Position at = position(predicate);
        return switch (predicate) {
            case ComparisonContext c -> comparison(at, subject, c);
            case BetweenContext c ->
                    new Expression.Between(
                            at, subject, value(c.lower), value(c.upper), c.NOT() != null);
            case InContext c -> in(at, subject, c.inSource(), c.NOT() != null);
            case InPeriodContext c ->
                    new Expression.InPeriod(
                            at, subject, unquoted(c.STRING().getText()), c.NOT() != null);
            case RegexMatchContext c -> regexMatch(at, subject, c);
            case LikeContext c ->
                    new Expression.Like(
                            at,
                            subject,
                            value(c.pattern),
                            c.escape == null ? null : value(c.escape),
                            c.ILIKE() != null,
                            c.NOT() != null);
            case TruthTestContext c ->
                    new Expression.IsTruth(at, subject, c.TRUE() != null, c.NOT() != null);
            case DistinctTestContext c ->
                    new Expression.IsDistinct(at, subject, value(c.right), c.NOT() != null);
            case NullTestContext c -> new Expression.IsNull(at, subject, c.NOT() != null);
            default -> throw new IllegalStateException("BUG: no tree for " + predicate.getClass());
        };
    }

    private Expression in(
            Position at, Expression subject, @Nullable InSourceContext context, boolean negated) {
        return switch (context) {
            case null -> new Expression.In(at, subject, List.of(), negated);
            case InQueryContext c ->
                    new Expression.InQuery(at, subject, queries.query(c.plainQuery()), negated);
            case InListContext c -> {
                var values = new ArrayList<Expression>();
                c.valueExpression().forEach(v -> values.add(value(v)));
                yield new Expression.In(at, subject, values, negated);
            }
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private Expression regexMatch(Position at, Expression left, RegexMatchContext context) {
        boolean anyCase = context.MATCH_ANY_CASE() != null || context.NOT_MATCH_ANY_CASE() != null;
        boolean negated = context.NOT_MATCH() != null || context.NOT_MATCH_ANY_CASE() != null;
        return new Expression.RegexMatch(at, left, value(context.right), anyCase, negated);
    }

    private Expression comparison(Position at, Expression left, ComparisonContext context) {
        Expression right = value(context.right);
        String symbol = context.operator.getText();
        return switch (symbol) {
            case "=", "==" -> compare(at, ComparisonOperator.EQUAL, left, right);
            case "!=", "<>" -> compare(at, ComparisonOperator.NOT_EQUAL, left, right);
            case "<" -> compare(at, ComparisonOperator.LESS, left, right);
            case "<=" -> compare(at, ComparisonOperator.LESS_OR_EQUAL, left, right);
            case ">" -> compare(at, ComparisonOperator.GREATER, left, right);
            case ">=" -> compare(at, ComparisonOperator.GREATER_OR_EQUAL, left, right);
            default -> throw new IllegalStateException("BUG: no comparison " + symbol);
        };
    }

    private static Expression compare(
            Position at, ComparisonOperator operator, Expression left, Expression right) {
        return new Expression.Comparison(at, operator, left, right);
    }

    Expression value(ValueExpressionContext context) {
        return switch (context) {
            case PrimaryValueContext c -> primary(c.primary());
            case CastSuffixContext c ->
                    new Expression.Cast(
                            position(c.typeName()),
                            value(c.valueExpression()),
                            name(c.typeName().name()).text(),
                            false);
            case TimeZoneSuffixContext c ->
                    call(
                            position(c.AT().getSymbol()),
                            "to_timezone",
                            List.of(value(c.valueExpression()), primary(c.zone)));
            case SignContext c -> sign(c);
            case OtherBitsContext c ->
                    call(position(c), "bitwise_not", List.of(value(c.valueExpression())));
            case BinaryValueContext c -> binary(c);
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private Expression sign(SignContext context) {
        Expression operand = value(context.valueExpression());
        if (context.operator.getText().equals("+")) {
            return operand;
        }
        Position at = position(context);
        return switch (operand) {
            case Expression.IntegerLiteral(_, String text) when !text.startsWith("-") ->
                    new Expression.IntegerLiteral(at, "-" + text);
            case Expression.DecimalLiteral(_, double value) ->
                    new Expression.DecimalLiteral(at, -value);
            default -> new Expression.Negate(at, operand);
        };
    }

    private Expression binary(BinaryValueContext context) {
        var chain = new ArrayList<BinaryValueContext>();
        ValueExpressionContext leftmost = context;
        while (leftmost instanceof BinaryValueContext c) {
            chain.add(c);
            leftmost = c.left;
        }
        operatorsAbove += chain.size();
        if (operatorsAbove > CHAIN_MAX) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    position(context),
                    "a chain of operators has at most " + CHAIN_MAX + " links");
        }
        Expression left = value(leftmost);
        for (BinaryValueContext c : chain.reversed()) {
            left = combine(position(c.operator), c.operator.getText(), left, value(c.right));
            operatorsAbove--;
        }
        return left;
    }

    private static Expression combine(
            Position at, String symbol, Expression left, Expression right) {
        return switch (symbol) {
            case "||" -> new Expression.Concat(at, left, right);
            case "&" -> call(at, "bitwise_and", List.of(left, right));
            case "|" -> call(at, "bitwise_or", List.of(left, right));
            case "#" -> call(at, "bitwise_xor", List.of(left, right));
            case "<<" -> call(at, "bitwise_left_shift", List.of(left, right));
            case ">>" -> call(at, "bitwise_right_shift", List.of(left, right));
            case "+" -> new Expression.Arithmetic(at, ArithmeticOperator.ADD, left, right);
            case "-" -> new Expression.Arithmetic(at, ArithmeticOperator.SUBTRACT, left, right);
            case "*" -> new Expression.Arithmetic(at, ArithmeticOperator.MULTIPLY, left, right);
            case "/" -> new Expression.Arithmetic(at, ArithmeticOperator.DIVIDE, left, right);
            case "//" ->
                    new Expression.Arithmetic(at, ArithmeticOperator.INTEGER_DIVIDE, left, right);
            case "%" -> new Expression.Arithmetic(at, ArithmeticOperator.REMAINDER, left, right);
            default -> throw new IllegalStateException("BUG: no operator " + symbol);
        };
    }

    private Expression primary(PrimaryContext context) {
        Position at = position(context);
        return switch (context) {
            case NullLiteralContext _ -> new Expression.NullLiteral(at);
            case BoolLiteralContext c -> new Expression.BoolLiteral(at, c.TRUE() != null);
            case IntegerLiteralContext c -> new Expression.IntegerLiteral(at, c.getText());
            case DecimalLiteralContext c -> decimal(at, c.getText());
            case StringLiteralContext c -> new Expression.StringLiteral(at, unquoted(c.getText()));
            case DurationLiteralContext c -> interval(at, c.getText());
            case IntervalLiteralContext c -> interval(at, intervalText(c));
            case TimestampLiteralContext c -> timestamp(at, unquoted(c.STRING().getText()));
            case ParameterContext c -> new Expression.Parameter(at, c.getText().substring(1));
            case CaseExpressionContext c -> {
                var branches = new ArrayList<Expression.Branch>();
                c.whenThen()
                        .forEach(
                                b ->
                                        branches.add(
                                                new Expression.Branch(
                                                        condition(b.when), condition(b.then))));
                yield new Expression.Case(
                        at,
                        c.operand == null ? null : condition(c.operand),
                        branches,
                        c.otherwise == null ? null : condition(c.otherwise));
            }
            case CastContext c ->
                    new Expression.Cast(
                            at,
                            condition(c.condition()),
                            name(c.typeName().name()).text(),
                            c.TRY_CAST() != null);
            case CallOfAllContext c ->
                    new Expression.Call(
                            at,
                            functionName(c.function),
                            false,
                            true,
                            List.of(),
                            List.of(),
                            null,
                            filter(c.filter()),
                            over(c.over()));
            case CallContext c -> called(at, c);
            case ExtractionContext c -> extraction(at, c);
            case PositionContext c -> position(at, c);
            case TrimmingContext c -> trimming(at, c);
            case ColumnNameContext c ->
                    new Expression.Name(
                            at,
                            text(c.column),
                            c.column.QUOTED() != null,
                            c.qualifier == null ? null : text(c.qualifier));
            case ExistsQueryContext c -> new Expression.Exists(at, queries.query(c.plainQuery()));
            case ScalarQueryContext c ->
                    new Expression.ScalarQuery(at, queries.query(c.plainQuery()));
            case ParenthesizedContext c -> condition(c.condition());
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    /// `position(part IN text)`.
    private Expression position(Position at, PositionContext context) {
        if (!functionName(context.function).equals(POSITION)) {
            throw new QueryException(
                    QueryErrorCode.SYNTAX_ERROR,
                    position(context.IN().getSymbol()),
                    "unexpected 'IN'; a list stands in parentheses: x IN (1, 2)");
        }
        return call(at, "strpos", List.of(value(context.whole), value(context.part)));
    }

    /// `position('a' IN 'text')` and `position('a' IN (text))`, which are a period and a list of
    /// one elsewhere.
    private static Optional<Expression> position(Position at, Expression within) {
        return switch (within) {
            case Expression.InPeriod(var inAt, Expression part, String text, boolean negated)
                    when !negated ->
                    Optional.of(
                            call(
                                    at,
                                    "strpos",
                                    List.of(new Expression.StringLiteral(inAt, text), part)));
            case Expression.In(_, Expression part, List<Expression> values, boolean negated)
                    when !negated && values.size() == 1 ->
                    Optional.of(call(at, "strpos", List.of(values.getFirst(), part)));
            default -> Optional.empty();
        };
    }

    private Expression called(Position at, CallContext context) {
        var arguments = new ArrayList<Expression>();
        context.condition().forEach(a -> arguments.add(condition(a)));
        if (functionName(context.function).equals(POSITION) && arguments.size() == 1) {
            Optional<Expression> position = position(at, arguments.getFirst());
            if (position.isPresent()) {
                return position.get();
            }
        }
        var orderBy = new ArrayList<Query.OrderItem>();
        context.orderItem().forEach(item -> orderBy.add(orderItem(item)));
        return new Expression.Call(
                at,
                withoutNulls(functionName(context.function), context),
                context.DISTINCT() != null,
                false,
                arguments,
                orderBy,
                context.withinGroup() == null ? null : orderItem(context.withinGroup().orderItem()),
                filter(context.filter()),
                over(context.over()));
    }

    /// The name of a function's form that passes NULLs over. `RESPECT NULLS` is what all do.
    private static String withoutNulls(String function, CallContext context) {
        Token nulls = context.inside == null ? context.behind : context.inside;
        if (nulls == null || nulls.getType() == SqlLexer.RESPECT_NULLS) {
            return function;
        }
        if (!Set.of("lag", "lead", "first_value", "last_value", "nth_value").contains(function)) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    position(nulls),
                    "IGNORE NULLS goes with lag, lead, first_value, last_value and nth_value;"
                            + " aggregates pass NULLs over");
        }
        return function + " ignore nulls";
    }

    private @Nullable Expression filter(@Nullable FilterContext context) {
        return context == null ? null : condition(context.condition());
    }

    private Expression.@Nullable Window over(@Nullable OverContext context) {
        return context == null ? null : windows.over(context);
    }

    WindowBuilder windows() {
        return windows;
    }

    Query.OrderItem orderItem(OrderItemContext context) {
        boolean descending = context.direction != null && context.DESC() != null;
        Boolean nullsFirst = context.nulls == null ? null : context.FIRST() != null;
        return new Query.OrderItem(
                position(context), condition(context.condition()), descending, nullsFirst);
    }

    private static Expression call(Position at, String function, List<Expression> arguments) {
        return new Expression.Call(at, function, false, false, arguments, null);
    }

    /// `trim(LEADING 'x' FROM text)`; white space where nothing is said.
    private Expression trimming(Position at, TrimmingContext context) {
        if (!functionName(context.function).equals("trim")) {
            throw new QueryException(
                    QueryErrorCode.SYNTAX_ERROR,
                    position(context.side),
                    "unexpected '"
                            + context.side.getText()
                            + "'; it stands in trim("
                            + context.side.getText()
                            + " 'x' FROM s) only");
        }
        String function =
                switch (context.side.getType()) {
                    case SqlLexer.LEADING -> "ltrim";
                    case SqlLexer.TRAILING -> "rtrim";
                    default -> "trim";
                };
        var arguments = new ArrayList<Expression>(List.of(condition(context.from)));
        if (context.characters != null) {
            arguments.add(value(context.characters));
        }
        return call(at, function, arguments);
    }

    /// `extract(part FROM time)` and `substring(text FROM from FOR count)`.
    private Expression extraction(Position at, ExtractionContext context) {
        String function = functionName(context.function);
        Expression part = condition(context.part);
        Expression from = condition(context.from);
        if (function.equals("substring")) {
            return call(
                    at,
                    function,
                    context.count == null
                            ? List.of(part, from)
                            : List.of(part, from, condition(context.count)));
        }
        if (function.equals("trim") && context.count == null) {
            return call(at, function, List.of(from, part));
        }
        boolean isPart =
                part instanceof Expression.Name || part instanceof Expression.StringLiteral;
        if (!function.equals("extract") || context.count != null || !isPart) {
            throw new QueryException(
                    QueryErrorCode.SYNTAX_ERROR,
                    position(context.FROM().getSymbol()),
                    "FROM stands in extract(part FROM time) and substring(s FROM 2 FOR 3) only");
        }
        return call(
                at,
                "date_part",
                List.of(
                        part instanceof Expression.Name name
                                ? new Expression.StringLiteral(name.position(), name.text())
                                : part,
                        from));
    }

    private static String functionName(NameContext context) {
        return text(context).toLowerCase(Locale.ROOT);
    }

    private static String intervalText(IntervalLiteralContext context) {
        String unit = context.unit == null ? "" : " " + text(context.unit);
        if (context.STRING() != null) {
            return unquoted(context.STRING().getText()) + unit;
        }
        return (context.MINUS() == null ? "" : "-") + context.number.getText() + unit;
    }

    private static Expression decimal(Position at, String text) {
        double value = Double.parseDouble(text);
        if (Double.isInfinite(value)) {
            throw new QueryException(
                    QueryErrorCode.OUT_OF_RANGE, at, text + " passes the range of float64");
        }
        return new Expression.DecimalLiteral(at, value);
    }

    static Expression interval(Position at, String text) {
        Interval value = Interval.parse(text).orElseThrow(() -> Interval.refusal(text, at));
        return new Expression.IntervalLiteral(at, value);
    }

    private static Expression timestamp(Position at, String text) {
        long nanos = TimestampText.parse(text).orElseThrow(() -> TimestampText.refusal(text, at));
        return new Expression.TimestampLiteral(at, nanos, !TimestampText.namesZone(text));
    }

    Expression.Name name(NameContext context) {
        return new Expression.Name(
                position(context), text(context), context.QUOTED() != null, null);
    }

    private static String text(NameContext context) {
        return context.QUOTED() == null ? context.getText() : unquoted(context.getText());
    }

    /// Text between quotes; a doubled quote inside is one.
    static String unquoted(String token) {
        String quote = token.substring(0, 1);
        return token.substring(1, token.length() - 1).replace(quote + quote, quote);
    }

    static Position position(ParserRuleContext context) {
        return position(context.getStart());
    }

    static Position position(@Nullable Token token) {
        return token == null
                ? Position.NONE
                : new Position(token.getLine(), token.getCharPositionInLine() + 1);
    }
}
