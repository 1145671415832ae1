package io.tsdb.query.analysis;

import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.JoinKind;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// How relations are put side by side.
public sealed interface JoinTree {
    /// The rows of one relation.
    ///
    /// @param part its number in [Relation.Joined]
    record Leaf(int part) implements JoinTree {}

    /// Rows of both sides for which a condition is true.
    ///
    /// @param on over the columns of [Relation.Joined]; null for every row with every row
    record Pair(JoinKind kind, JoinTree left, JoinTree right, @Nullable BoundExpression on)
            implements JoinTree {}

    /// Beside each row of the left side the row of the right one that is nearest to it in an order,
    /// of those with equal keys for which a comparison is true.
    ///
    /// @param operator compares `order`'s left expression with its right one; no equality
    /// @param tolerance how far apart the two may be; null for any distance
    record Asof(
            boolean keepsLeft,
            JoinTree left,
            JoinTree right,
            List<Sides> keys,
            Sides order,
            ComparisonOperator operator,
            @Nullable Long tolerance)
            implements JoinTree {}

    /// Expressions of one type over the columns of [Relation.Joined].
    ///
    /// @param left reads the left side alone
    /// @param right reads the right side alone
    record Sides(BoundExpression left, BoundExpression right) {}

    /// Number of the first relation; those up to [#end()] follow.
    default int begin() {
        return switch (this) {
            case Leaf(int part) -> part;
            case Pair pair -> pair.left().begin();
            case Asof asof -> asof.left().begin();
        };
    }

    /// Number behind the last relation.
    default int end() {
        return switch (this) {
            case Leaf(int part) -> part + 1;
            case Pair pair -> pair.right().end();
            case Asof asof -> asof.right().end();
        };
    }

    /// Columns, constants and operators of its conditions.
    default int expressionCount() {
        return switch (this) {
            case Leaf _ -> 0;
            case Pair(_, JoinTree left, JoinTree right, BoundExpression on) ->
                    left.expressionCount()
                            + right.expressionCount()
                            + (on == null ? 0 : ExpressionTree.size(on));
            case Asof asof -> {
                int count = asof.left().expressionCount() + asof.right().expressionCount();
                var sides = new ArrayList<>(asof.keys());
                sides.add(asof.order());
                for (Sides one : sides) {
                    count += ExpressionTree.size(one.left()) + ExpressionTree.size(one.right());
                }
                yield count;
            }
        };
    }
}
