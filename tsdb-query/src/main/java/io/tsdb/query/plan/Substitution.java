package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.ExpressionTree;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts the expressions of a projection in the place of its columns.
final class Substitution {
    /// Most operators, columns and constants of the outcome: a column that is used twice is
    /// computed twice, and projections above one another would multiply.
    private static final int SIZE_MAX = 2_048;

    private Substitution() {}

    /// @param above over the projection's columns
    /// @param projection what those columns are
    /// @return over the projection's input; empty when it would become too large
    static Optional<List<BoundExpression>> of(
            List<? extends BoundExpression> above, List<BoundExpression> projection) {
        int[] sizes = projection.stream().mapToInt(ExpressionTree::size).toArray();
        long[] size = {0};
        for (BoundExpression expression : above) {
            ExpressionTree.visit(
                    expression,
                    e -> size[0] += e instanceof Input input ? sizes[input.index()] : 1);
        }
        if (size[0] > SIZE_MAX) {
            return Optional.empty();
        }
        var below = new ArrayList<BoundExpression>();
        for (BoundExpression expression : above) {
            below.add(below(expression, projection));
        }
        return Optional.of(below);
    }

    private static BoundExpression below(
            BoundExpression expression, List<BoundExpression> projection) {
        return expression instanceof Input input
                ? projection.get(input.index())
                : ExpressionTree.mapChildren(expression, child -> below(child, projection));
    }
}
