package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Field;
import io.tsdb.query.analysis.BoundExpression.InList;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.analysis.BoundExpression.Time;
import io.tsdb.query.sql.ComparisonOperator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Many `column = constant` in a row of `OR` become one `column IN (...)`, which is looked up
/// instead of compared one by one.
final class InLists {
    private InLists() {}

    /// @return the operands, as they are when no column is compared more than once; what was merged
    ///   stands where the column came first
    static List<BoundExpression> merged(List<BoundExpression> operands) {
        Map<BoundExpression, List<Constant>> constants = new LinkedHashMap<>();
        for (BoundExpression operand : operands) {
            if (operand
                            instanceof
                            Comparison(ComparisonOperator o, BoundExpression left, Constant c)
                    && o == ComparisonOperator.EQUAL
                    && isColumn(left)) {
                constants.computeIfAbsent(left, _ -> new ArrayList<>()).add(c);
            } else if (operand instanceof InList(BoundExpression left, var values, boolean negated)
                    && !negated
                    && isColumn(left)) {
                constants.computeIfAbsent(left, _ -> new ArrayList<>()).addAll(values);
            }
        }
        var merged = new ArrayList<BoundExpression>();
        for (BoundExpression operand : operands) {
            BoundExpression column =
                    switch (operand) {
                        case Comparison(var o, BoundExpression left, Constant _)
                                when o == ComparisonOperator.EQUAL ->
                                left;
                        case InList(BoundExpression left, _, boolean negated) when !negated -> left;
                        default -> operand;
                    };
            List<Constant> values = constants.get(column);
            if (values == null || column.equals(operand)) {
                merged.add(operand);
            } else if (!values.isEmpty()) {
                merged.add(
                        values.size() == 1
                                ? operand
                                : new InList(column, List.copyOf(values), false));
                values.clear();
            }
        }
        return merged;
    }

    private static boolean isColumn(BoundExpression expression) {
        return switch (expression) {
            case Time _, Tag _, Field _, Input _ -> true;
            default -> false;
        };
    }
}
