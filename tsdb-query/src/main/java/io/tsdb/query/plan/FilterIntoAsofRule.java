package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.plan.Plan.Asof;
import io.tsdb.query.plan.Plan.Filter;
import io.tsdb.query.sql.ComparisonOperator;

import java.util.ArrayList;
import java.util.List;

/// A condition on the left side of an `ASOF JOIN` filters it before; one on its keys filters the
/// right side too, and a bound of its time bounds the right side's, as far as rows behind it can be
/// the nearest of none. Other conditions on the right side stay above: which row is the nearest
/// does not depend on them.
final class FilterIntoAsofRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        Plan moved =
                plan instanceof Filter(Asof asof, BoundExpression condition)
                        ? below(asof, condition)
                        : plan;
        return PlanTree.mapInputs(moved, this::apply);
    }

    private static Plan below(Asof asof, BoundExpression condition) {
        var sides = new JoinSides(asof.left());
        var left = new ArrayList<BoundExpression>();
        var right = new ArrayList<BoundExpression>();
        var above = new ArrayList<BoundExpression>();
        for (BoundExpression part : Conjunctions.split(condition)) {
            boolean mayFail = ExpressionTree.mayFail(part);
            if (!sides.isOfLeft(part) || mayFail && !asof.keepsLeft()) {
                above.add(part);
                continue;
            }
            left.add(part);
            if (!mayFail) {
                JoinSides.ofOther(part, asof.keys(), true).ifPresent(right::add);
                addBound(part, asof, right);
            }
        }
        Plan moved =
                new Asof(
                        PlanTree.filtered(asof.left(), Conjunctions.join(left)),
                        PlanTree.filtered(asof.right(), Conjunctions.join(right)),
                        asof.keepsLeft(),
                        asof.keys(),
                        asof.order(),
                        asof.operator(),
                        asof.tolerance());
        return PlanTree.filtered(moved, Conjunctions.join(above));
    }

    /// What a comparison of the left side's time with a constant says of the right side's.
    private static void addBound(
            BoundExpression condition, Asof asof, List<BoundExpression> right) {
        TimeBound bound = TimeBound.of(condition, asof.order());
        if (bound == null) {
            return;
        }
        boolean isBackwards = asof.isBackwards();
        if (isBackwards ? bound.isUpper() : bound.isLower()) {
            bound.addMoved(0, bound.operator(), right);
        }
        Long tolerance = asof.tolerance();
        if (tolerance != null && (isBackwards ? bound.isLower() : bound.isUpper())) {
            bound.addMoved(
                    isBackwards ? -tolerance : tolerance,
                    isBackwards
                            ? ComparisonOperator.GREATER_OR_EQUAL
                            : ComparisonOperator.LESS_OR_EQUAL,
                    right);
        }
    }
}
