package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.plan.Plan.JoinKey;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What expressions over the columns of both sides of a join read.
final class JoinSides {
    private final int leftCount;

    JoinSides(Plan left) {
        this.leftCount = left.types().size();
    }

    /// Whether it reads nothing of the right side.
    boolean isOfLeft(BoundExpression expression) {
        return !readsRight(expression);
    }

    /// Whether it reads nothing of the left side.
    boolean isOfRight(BoundExpression expression) {
        return !readsLeft(expression);
    }

    boolean readsLeft(BoundExpression expression) {
        return reads(expression, 0, leftCount);
    }

    boolean readsRight(BoundExpression expression) {
        return reads(expression, leftCount, Integer.MAX_VALUE);
    }

    private static boolean reads(BoundExpression expression, int from, int to) {
        boolean[] found = {false};
        ExpressionTree.visit(
                expression,
                e -> found[0] |= e instanceof Input(int i, _, _, _) && i >= from && i < to);
        return found[0];
    }

    /// An expression that reads the right side alone, over its columns.
    BoundExpression overRight(BoundExpression expression) {
        return mapInputs(
                expression, i -> new Input(i.index() - leftCount, i.type(), i.name(), i.place()));
    }

    /// An expression over one side that holds of the other: columns that are keys, and equal to the
    /// other side's.
    ///
    /// @param isLeft whether it is over the left side
    /// @return empty when it reads a column that is no key
    static Optional<BoundExpression> ofOther(
            BoundExpression expression, List<JoinKey> keys, boolean isLeft) {
        boolean[] reads = {false, false};
        BoundExpression other =
                mapInputs(
                        expression,
                        input -> {
                            reads[0] = true;
                            for (JoinKey key : keys) {
                                BoundExpression own = isLeft ? key.left() : key.right();
                                // zeros of both signs are equal, and not the same
                                if (own instanceof Input(int index, var type, _, _)
                                        && index == input.index()
                                        && type != ColumnType.FLOAT64) {
                                    return isLeft ? key.right() : key.left();
                                }
                            }
                            reads[1] = true;
                            return input;
                        });
        return reads[0] && !reads[1] ? Optional.of(other) : Optional.empty();
    }

    private static BoundExpression mapInputs(
            BoundExpression expression, Function<Input, BoundExpression> map) {
        return expression instanceof Input input
                ? map.apply(input)
                : ExpressionTree.mapChildren(expression, child -> mapInputs(child, map));
    }
}
