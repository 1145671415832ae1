package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.plan.Plan.Filter;
import io.tsdb.query.plan.Plan.WindowJoin;

import java.util.ArrayList;
import java.util.List;

/// A condition on the left side of a `WINDOW JOIN` filters it before; one on its keys filters the
/// right side too, and a bound of its time bounds the right side's by the span around it.
/// Conditions on the aggregates stay above.
final class FilterIntoWindowJoinRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        Plan moved =
                plan instanceof Filter(WindowJoin window, BoundExpression condition)
                        ? below(window, condition)
                        : plan;
        return PlanTree.mapInputs(moved, this::apply);
    }

    private static Plan below(WindowJoin window, BoundExpression condition) {
        var sides = new JoinSides(window.left());
        var left = new ArrayList<BoundExpression>();
        var right = new ArrayList<BoundExpression>();
        var above = new ArrayList<BoundExpression>();
        for (BoundExpression part : Conjunctions.split(condition)) {
            if (!sides.isOfLeft(part)) {
                above.add(part);
                continue;
            }
            left.add(part);
            if (!ExpressionTree.mayFail(part)) {
                JoinSides.ofOther(part, window.keys(), true).ifPresent(right::add);
                addBound(part, window, right);
            }
        }
        Plan moved =
                window.with(
                        PlanTree.filtered(window.left(), Conjunctions.join(left)),
                        PlanTree.filtered(window.right(), Conjunctions.join(right)));
        return PlanTree.filtered(moved, Conjunctions.join(above));
    }

    /// What a comparison of the left side's time with a constant says of the right side's: the
    /// newest row before a span may lie anywhere before it.
    private static void addBound(
            BoundExpression condition, WindowJoin window, List<BoundExpression> right) {
        TimeBound bound = TimeBound.of(condition, window.order());
        if (bound == null) {
            return;
        }
        if (bound.isUpper()) {
            bound.addMoved(window.to(), bound.operator(), right);
        } else if (bound.isLower() && !window.withPrevailing()) {
            bound.addMoved(window.from(), bound.operator(), right);
        }
    }
}
