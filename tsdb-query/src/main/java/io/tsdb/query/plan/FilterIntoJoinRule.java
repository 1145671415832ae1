package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.plan.Plan.Filter;
import io.tsdb.query.plan.Plan.Join;
import io.tsdb.query.plan.Plan.JoinKey;
import io.tsdb.query.sql.JoinKind;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A condition on one side of a join filters that side before it is joined; one on its keys alone
/// filters the other side too. A condition that no row without a match can meet makes an outer join
/// an inner one. What may be an error stays where it was written: there may be rows without a match
/// that would be one.
final class FilterIntoJoinRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        Plan moved = plan;
        if (plan instanceof Filter(Join join, BoundExpression condition)) {
            moved = below(join, condition);
        } else if (plan instanceof Join join) {
            moved = onSides(join);
        }
        return PlanTree.mapInputs(moved, this::apply);
    }

    /// Conditions on the sides of a join.
    private static final class Sides {
        private final Join join;
        private final JoinSides sides;
        private final List<BoundExpression> left = new ArrayList<>();
        private final List<BoundExpression> right = new ArrayList<>();

        Sides(Join join) {
            this.join = join;
            this.sides = new JoinSides(join.left());
        }

        /// @param ofLeft whether the left side may be filtered by what is over it alone
        /// @return false when the condition is not taken
        boolean take(BoundExpression condition, boolean ofLeft, boolean ofRight) {
            if (ExpressionTree.mayFail(condition)) {
                return false;
            }
            if (ofLeft && sides.isOfLeft(condition)) {
                left.add(condition);
                if (!join.kind().keepsRight()) {
                    JoinSides.ofOther(condition, join.keys(), true).ifPresent(right::add);
                }
                return true;
            }
            if (ofRight && sides.isOfRight(condition)) {
                BoundExpression over = sides.overRight(condition);
                right.add(over);
                if (!join.kind().keepsLeft()) {
                    JoinSides.ofOther(over, join.keys(), false).ifPresent(left::add);
                }
                return true;
            }
            return false;
        }

        Join filtered(@Nullable BoundExpression residual) {
            return new Join(
                    PlanTree.filtered(join.left(), Conjunctions.join(left)),
                    PlanTree.filtered(join.right(), Conjunctions.join(right)),
                    join.kind(),
                    join.keys(),
                    residual);
        }
    }

    /// Conditions above the join.
    private static Plan below(Join written, BoundExpression condition) {
        List<BoundExpression> parts = Conjunctions.split(condition);
        Join join = withKeys(inner(written, parts), parts);
        var sides = new Sides(join);
        var above = new ArrayList<BoundExpression>();
        for (BoundExpression part : parts) {
            JoinKind kind = join.kind();
            if (!sides.take(part, !kind.keepsRight(), !kind.keepsLeft())) {
                above.add(part);
            }
        }
        return PlanTree.filtered(sides.filtered(join.residual()), Conjunctions.join(above));
    }

    /// Conditions of the join itself: they filter the side that is not kept.
    private static Join onSides(Join join) {
        var sides = new Sides(join);
        var rest = new ArrayList<BoundExpression>();
        for (BoundExpression part : Conjunctions.split(join.residual())) {
            JoinKind kind = join.kind();
            if (!sides.take(part, !kind.keepsLeft(), !kind.keepsRight())) {
                rest.add(part);
            }
        }
        return sides.filtered(Conjunctions.join(rest));
    }

    /// Equalities between both sides, written behind `WHERE`, are keys of an inner join; they are
    /// taken out of the conditions.
    private static Join withKeys(Join join, List<BoundExpression> parts) {
        if (join.kind() != JoinKind.INNER) {
            return join;
        }
        var keys = new ArrayList<>(join.keys());
        var sides = new JoinSides(join.left());
        parts.removeIf(
                part -> {
                    Optional<JoinKey> key =
                            ExpressionTree.mayFail(part)
                                    ? Optional.empty()
                                    : JoinKeysRule.key(part, sides);
                    key.ifPresent(keys::add);
                    return key.isPresent();
                });
        return new Join(join.left(), join.right(), join.kind(), keys, join.residual());
    }

    private static Join inner(Join join, List<BoundExpression> parts) {
        var sides = new JoinSides(join.left());
        JoinKind kind = join.kind();
        boolean needsLeft = parts.stream().anyMatch(part -> isFalseWithout(part, sides, true));
        boolean needsRight = parts.stream().anyMatch(part -> isFalseWithout(part, sides, false));
        return new Join(
                join.left(),
                join.right(),
                JoinKind.of(kind.keepsLeft() && !needsRight, kind.keepsRight() && !needsLeft),
                join.keys(),
                join.residual());
    }

    /// Whether a condition is not true where all columns of a side are NULL.
    private static boolean isFalseWithout(
            BoundExpression condition, JoinSides sides, boolean left) {
        return switch (condition) {
            case BoundExpression.And(List<BoundExpression> operands) ->
                    operands.stream().anyMatch(o -> isFalseWithout(o, sides, left));
            case BoundExpression.Or(List<BoundExpression> operands) ->
                    operands.stream().allMatch(o -> isFalseWithout(o, sides, left));
            case BoundExpression.IsNull(BoundExpression operand, boolean negated) ->
                    negated && isNullWithout(operand, sides, left);
            default -> isNullWithout(condition, sides, left);
        };
    }

    /// Whether it is NULL where all columns of a side are.
    private static boolean isNullWithout(
            BoundExpression expression, JoinSides sides, boolean left) {
        return switch (expression) {
            case BoundExpression.Input input ->
                    left ? sides.readsLeft(input) : sides.readsRight(input);
            case BoundExpression.Arithmetic _,
                    BoundExpression.Comparison _,
                    BoundExpression.Cast _,
                    BoundExpression.Bucket _,
                    BoundExpression.InList _,
                    BoundExpression.Like _,
                    BoundExpression.Regex _,
                    BoundExpression.Not _ ->
                    ExpressionTree.children(expression).stream()
                            .anyMatch(child -> isNullWithout(child, sides, left));
            case BoundExpression.Constant _,
                    BoundExpression.Failing _,
                    BoundExpression.Time _,
                    BoundExpression.Tag _,
                    BoundExpression.Field _,
                    BoundExpression.Call _,
                    BoundExpression.Case _,
                    BoundExpression.And _,
                    BoundExpression.Or _,
                    BoundExpression.IsNull _,
                    BoundExpression.WindowCall _,
                    BoundExpression.Filled _,
                    BoundExpression.Aggregate _ ->
                    false;
        };
    }
}
