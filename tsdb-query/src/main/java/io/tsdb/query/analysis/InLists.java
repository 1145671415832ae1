package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Field;
import io.tsdb.query.analysis.BoundExpression.InList;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.analysis.BoundExpression.Time;
import io.tsdb.query.sql.ComparisonOperator;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Many `column = constant` in a row of `OR` become one `column IN (...)`, many `column <>
/// constant` in a row of `AND` one `column NOT IN (...)`: looked up instead of compared one by one,
/// and one operator of the statement.
final class InLists {
    private InLists() {}

    /// `OR` of conditions.
    static BoundExpression or(List<BoundExpression> operands) {
        List<BoundExpression> merged = merged(operands, ComparisonOperator.EQUAL);
        return merged.size() == 1 ? merged.getFirst() : new BoundExpression.Or(merged);
    }

    /// `AND` of conditions.
    static BoundExpression and(List<BoundExpression> operands) {
        List<BoundExpression> merged = merged(operands, ComparisonOperator.NOT_EQUAL);
        return merged.size() == 1 ? merged.getFirst() : new BoundExpression.And(merged);
    }

    /// @return the operands, as they are when no column is compared more than once; what was merged
    ///   stands where the column came first
    private static List<BoundExpression> merged(
            List<BoundExpression> operands, ComparisonOperator operator) {
        boolean negated = operator == ComparisonOperator.NOT_EQUAL;
        Map<BoundExpression, List<Constant>> constants = new LinkedHashMap<>();
        for (BoundExpression operand : operands) {
            BoundExpression column = column(operand, operator);
            if (column != null) {
                List<Constant> values =
                        operand instanceof InList list
                                ? list.values()
                                : List.of((Constant) ((Comparison) operand).right());
                constants.computeIfAbsent(column, _ -> new ArrayList<>()).addAll(values);
            }
        }
        var merged = new ArrayList<BoundExpression>();
        for (BoundExpression operand : operands) {
            BoundExpression column = column(operand, operator);
            List<Constant> values = column == null ? null : constants.remove(column);
            if (column == null) {
                merged.add(operand);
            } else if (values != null) {
                merged.add(values.size() == 1 ? operand : new InList(column, values, negated));
            }
        }
        return merged;
    }

    /// The column that an operand compares with constants by this operator.
    private static @Nullable BoundExpression column(
            BoundExpression operand, ComparisonOperator operator) {
        return switch (operand) {
            case Comparison(var o, BoundExpression left, Constant _)
                    when o == operator && isColumn(left) ->
                    left;
            case InList(BoundExpression left, _, boolean negated)
                    when isColumn(left) && negated == (operator == ComparisonOperator.NOT_EQUAL) ->
                    left;
            default -> null;
        };
    }

    private static boolean isColumn(BoundExpression expression) {
        return switch (expression) {
            case Time _, Tag _, Field _, Input _ -> true;
            default -> false;
        };
    }
}
