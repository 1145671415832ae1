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

    /// Beside each row of the left side aggregates of those rows of the right one with equal keys
    /// that lie within a span of time around it. Only the whole tree is one.
    ///
    /// @param order times of both sides
    /// @param from, to where the span begins and ends, in nanoseconds from the left side's time
    /// @param withPrevailing whether the newest row before the span counts too, where none is at
    ///   its start
    /// @param aggregates over the columns of [Relation.Joined] that are of the right side
    record Window(
            JoinTree left,
            JoinTree right,
            List<Sides> keys,
            Sides order,
            long from,
            long to,
            boolean withPrevailing,
            List<BoundExpression.Aggregate> aggregates)
            implements JoinTree {
        Window with(List<BoundExpression.Aggregate> more) {
            return new Window(left, right, keys, order, from, to, withPrevailing, more);
        }
    }

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
            case Window window -> window.left().begin();
        };
    }

    /// Number behind the last relation.
    default int end() {
        return switch (this) {
            case Leaf(int part) -> part + 1;
            case Pair pair -> pair.right().end();
            case Asof asof -> asof.right().end();
            case Window window -> window.right().end();
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
            case Asof asof ->
                    asof.left().expressionCount()
                            + asof.right().expressionCount()
                            + expressionCount(asof.keys(), asof.order());
            case Window w -> {
                int count = w.left().expressionCount() + w.right().expressionCount();
                for (BoundExpression.Aggregate aggregate : w.aggregates()) {
                    count += ExpressionTree.size(aggregate);
                }
                yield count + expressionCount(w.keys(), w.order());
            }
        };
    }

    private static int expressionCount(List<Sides> keys, Sides order) {
        var sides = new ArrayList<>(keys);
        sides.add(order);
        int count = 0;
        for (Sides one : sides) {
            count += ExpressionTree.size(one.left()) + ExpressionTree.size(one.right());
        }
        return count;
    }
}
