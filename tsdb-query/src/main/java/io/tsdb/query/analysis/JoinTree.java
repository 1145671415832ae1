package io.tsdb.query.analysis;

import io.tsdb.query.sql.JoinKind;

import org.jspecify.annotations.Nullable;

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

    /// Number of the first relation; those up to [#end()] follow.
    default int begin() {
        return switch (this) {
            case Leaf(int part) -> part;
            case Pair pair -> pair.left().begin();
        };
    }

    /// Number behind the last relation.
    default int end() {
        return switch (this) {
            case Leaf(int part) -> part + 1;
            case Pair pair -> pair.right().end();
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
        };
    }
}
