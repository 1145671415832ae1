package io.tsdb.query.sql;

import io.tsdb.query.sql.Expression.And;
import io.tsdb.query.sql.Expression.Between;
import io.tsdb.query.sql.Expression.Comparison;
import io.tsdb.query.sql.Expression.In;
import io.tsdb.query.sql.Expression.Not;
import io.tsdb.query.sql.Expression.Or;
import io.tsdb.query.sql.Expression.StringLiteral;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// The strings that a condition compares something with.
public final class ConditionTexts {
    private ConditionTexts() {}

    /// The condition with some of these strings replaced; what stands deeper stays as it is.
    public static Expression map(Expression condition, UnaryOperator<StringLiteral> map) {
        return switch (condition) {
            case And(Position at, List<Expression> operands) -> new And(at, all(operands, map));
            case Or(Position at, List<Expression> operands) -> new Or(at, all(operands, map));
            case Not(Position at, Expression operand) -> new Not(at, map(operand, map));
            case Comparison(Position at, ComparisonOperator operator, Expression a, Expression b) ->
                    new Comparison(at, operator, operand(a, map), operand(b, map));
            case In(Position at, Expression of, List<Expression> values, boolean negated) -> {
                var mapped = new ArrayList<Expression>();
                values.forEach(value -> mapped.add(operand(value, map)));
                yield new In(at, of, mapped, negated);
            }
            case Between(
                            Position at,
                            Expression of,
                            Expression low,
                            Expression high,
                            boolean not) ->
                    new Between(at, of, operand(low, map), operand(high, map), not);
            default -> condition;
        };
    }

    private static List<Expression> all(
            List<Expression> conditions, UnaryOperator<StringLiteral> map) {
        var mapped = new ArrayList<Expression>();
        conditions.forEach(condition -> mapped.add(map(condition, map)));
        return mapped;
    }

    private static Expression operand(Expression operand, UnaryOperator<StringLiteral> map) {
        return operand instanceof StringLiteral literal ? map.apply(literal) : operand;
    }
}
