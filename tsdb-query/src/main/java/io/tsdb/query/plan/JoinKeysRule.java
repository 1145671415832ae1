package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.plan.Plan.Join;
import io.tsdb.query.plan.Plan.JoinKey;
import io.tsdb.query.sql.ComparisonOperator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Equalities between both sides of a join become its keys, by which rows are looked up. One that
/// may be an error becomes a key only where no condition before it can close a pair of rows to it.
final class JoinKeysRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        Plan below = PlanTree.mapInputs(plan, this::apply);
        return below instanceof Join join ? keyed(join) : below;
    }

    private static Join keyed(Join join) {
        List<BoundExpression> parts = Conjunctions.split(join.residual());
        var keys = new ArrayList<>(join.keys());
        var rest = new ArrayList<BoundExpression>();
        var sides = new JoinSides(join.left());
        for (int i = 0; i < parts.size(); i++) {
            BoundExpression part = parts.get(i);
            Optional<JoinKey> key =
                    i > 0 && ExpressionTree.mayFail(part) ? Optional.empty() : key(part, sides);
            key.ifPresentOrElse(keys::add, () -> rest.add(part));
        }
        return keys.size() == join.keys().size()
                ? join
                : new Join(join.left(), join.right(), join.kind(), keys, Conjunctions.join(rest));
    }

    /// The key that a condition is; empty when it is none.
    static Optional<JoinKey> key(BoundExpression condition, JoinSides sides) {
        if (!(condition instanceof Comparison(ComparisonOperator operator, var one, var other))
                || operator != ComparisonOperator.EQUAL) {
            return Optional.empty();
        }
        if (isPair(one, other, sides)) {
            return Optional.of(new JoinKey(one, sides.overRight(other)));
        }
        return isPair(other, one, sides)
                ? Optional.of(new JoinKey(other, sides.overRight(one)))
                : Optional.empty();
    }

    private static boolean isPair(BoundExpression left, BoundExpression right, JoinSides sides) {
        return sides.readsLeft(left)
                && sides.isOfLeft(left)
                && sides.readsRight(right)
                && sides.isOfRight(right);
    }
}
