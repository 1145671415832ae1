package io.tsdb.query.evaluation;

import io.tsdb.query.column.TextOrder;
import io.tsdb.query.sql.ComparisonOperator;

/// A condition on one text.
@FunctionalInterface
interface TextTest {
    boolean holds(String text);

    /// Comparison with a constant.
    static TextTest of(ComparisonOperator operator, String constant) {
        return switch (operator) {
            case EQUAL -> constant::equals;
            case NOT_EQUAL -> text -> !constant.equals(text);
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
                    text -> operator.holds(TextOrder.compare(text, constant));
        };
    }
}
