package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.InList;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.PeriodText;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.TimestampText;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Comparisons, `BETWEEN`, `IN` and `IS DISTINCT FROM`: both sides of one type, a text beside a
/// time as the time that it means.
final class ComparisonBinder {
    private final ExpressionBinder expressions;
    private final Parameters parameters;

    ComparisonBinder(ExpressionBinder expressions, Parameters parameters) {
        this.expressions = expressions;
        this.parameters = parameters;
    }

    /// Two sides that are compared; of a name in quotes that is no text, the error says so.
    BoundExpression bind(
            ComparisonOperator operator, Expression left, Expression right, Position position) {
        BoundExpression a = expressions.bind(left);
        BoundExpression b = expressions.bind(right);
        BoundExpression x = beside(b, a);
        BoundExpression y = beside(a, b);
        if (Coercion.common(x, y).isEmpty()) {
            for (Expression side : List.of(left, right)) {
                if (side instanceof Expression.Name name && name.quoted()) {
                    throw Coercion.unlike(x, y, "compare", position, Scope.quoteHint(name));
                }
            }
        }
        return typed(operator, x, y, position);
    }

    /// A text beside what the clocks of a zone show is what they show too.
    private BoundExpression beside(BoundExpression other, BoundExpression value) {
        if (value instanceof Constant(_, String text)
                && SessionZone.isLocal(other, expressions.scope())) {
            OptionalLong shown = TimestampText.parse(text);
            return shown.isPresent()
                    ? new Constant(ColumnType.TIMESTAMP, shown.getAsLong())
                    : value;
        }
        return value;
    }

    /// Sides as they are bound.
    BoundExpression compare(
            ComparisonOperator operator,
            BoundExpression left,
            BoundExpression right,
            Position position) {
        return typed(operator, beside(right, left), beside(left, right), position);
    }

    private static BoundExpression typed(
            ComparisonOperator operator,
            BoundExpression left,
            BoundExpression right,
            Position position) {
        List<BoundExpression> sides = Coercion.pair(left, right, "compare", position);
        boolean constantFirst =
                sides.get(0) instanceof Constant && !(sides.get(1) instanceof Constant);
        return constantFirst
                ? new Comparison(operator.mirrored(), sides.get(1), sides.get(0))
                : new Comparison(operator, sides.get(0), sides.get(1));
    }

    BoundExpression between(Expression.Between between) {
        BoundExpression operand = expressions.bind(between.operand());
        var both =
                new BoundExpression.And(
                        List.of(
                                compare(
                                        ComparisonOperator.GREATER_OR_EQUAL,
                                        operand,
                                        expressions.bind(between.lower()),
                                        between.position()),
                                compare(
                                        ComparisonOperator.LESS_OR_EQUAL,
                                        operand,
                                        expressions.bind(between.upper()),
                                        between.position())));
        return between.negated() ? new BoundExpression.Not(both) : both;
    }

    BoundExpression distinct(Expression.IsDistinct is) {
        BoundExpression left = expressions.bind(is.left());
        BoundExpression right = expressions.bind(is.right());
        var isNull =
                List.<BoundExpression>of(
                        new BoundExpression.IsNull(left, false),
                        new BoundExpression.IsNull(right, false));
        var differ =
                new BoundExpression.Case(
                        List.of(new BoundExpression.Or(isNull)),
                        List.of(
                                new BoundExpression.Not(new BoundExpression.And(isNull)),
                                compare(ComparisonOperator.NOT_EQUAL, left, right, is.position())),
                        ColumnType.BOOL);
        return is.negated() ? new BoundExpression.Not(differ) : differ;
    }

    BoundExpression in(Expression.In in) {
        BoundExpression operand = expressions.bind(in.operand());
        var values = new ArrayList<BoundExpression>();
        for (Expression value : in.values()) {
            if (value instanceof Expression.Parameter parameter) {
                parameters.values(parameter).forEach(one -> values.add(beside(operand, one)));
            } else {
                values.add(beside(operand, expressions.bind(value)));
            }
        }
        return in(in.position(), operand, values, in.negated());
    }

    BoundExpression in(Expression.InPeriod in) {
        BoundExpression operand = expressions.bind(in.operand());
        if (operand.type() != ColumnType.TIMESTAMP) {
            throw Coercion.mismatch(
                    in.position(),
                    "IN takes a list: IN ('"
                            + in.period()
                            + "'); without parentheses it takes a period, of a time");
        }
        PeriodText period =
                PeriodText.parse(in.period())
                        .orElseThrow(
                                () ->
                                        new QueryException(
                                                QueryErrorCode.INVALID_VALUE,
                                                in.position(),
                                                "'"
                                                        + in.period()
                                                        + "' is no period; expected a form such as"
                                                        + " '2026', '2026-11', '2026-11-23' or"
                                                        + " '2026-11-23T10'"));
        if (period.isOutOfRange()) {
            throw TimestampText.outOfRange(in.period(), in.position());
        }
        boolean isShown =
                !PeriodText.namesZone(in.period())
                        && SessionZone.of(operand, expressions.scope()).isPresent();
        long from = isShown ? SessionZone.time(period.fromNanos()) : period.fromNanos();
        long to = isShown ? SessionZone.time(period.toNanos()) : period.toNanos();
        var within =
                new BoundExpression.And(
                        List.of(
                                new Comparison(
                                        ComparisonOperator.GREATER_OR_EQUAL,
                                        operand,
                                        new Constant(ColumnType.TIMESTAMP, from)),
                                new Comparison(
                                        period.toNanos() == Long.MAX_VALUE
                                                ? ComparisonOperator.LESS_OR_EQUAL
                                                : ComparisonOperator.LESS,
                                        operand,
                                        new Constant(ColumnType.TIMESTAMP, to))));
        return in.negated() ? new BoundExpression.Not(within) : within;
    }

    static BoundExpression in(
            Position position,
            BoundExpression operand,
            List<BoundExpression> values,
            boolean negated) {
        if (values.isEmpty()) {
            return new Constant(ColumnType.BOOL, negated);
        }
        if (!values.stream().allMatch(Constant.class::isInstance)) {
            var either = new ArrayList<BoundExpression>();
            for (BoundExpression value : values) {
                either.add(typed(ComparisonOperator.EQUAL, operand, value, position));
            }
            BoundExpression any =
                    either.size() == 1 ? either.getFirst() : new BoundExpression.Or(either);
            return negated ? new BoundExpression.Not(any) : any;
        }
        BoundExpression subject = operand;
        for (BoundExpression value : values) {
            subject = Coercion.pair(subject, value, "compare", position).getFirst();
        }
        var constants = new ArrayList<Constant>();
        for (BoundExpression value : values) {
            constants.add(constantOf(value, subject.type(), position));
        }
        return new InList(subject, constants, negated);
    }

    private static Constant constantOf(
            @Nullable BoundExpression value, ColumnType type, Position position) {
        if (value != null
                && Coercion.to(value, type, position).orElse(null) instanceof Constant constant) {
            return constant;
        }
        throw Coercion.mismatch(
                position,
                "cannot compare "
                        + type.sqlName()
                        + " with "
                        + (value == null ? "null" : ExpressionText.of(value)));
    }
}
