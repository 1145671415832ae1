package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Aggregate;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.plan.Plan.MergeGroups;

/// Aggregates that the newest values decide, grouped by nothing but tags, read each series from its
/// newest block on and stop as soon as every one of them has met a value. So do those for which one
/// row of a series is enough, as `count(DISTINCT tag)`.
final class NewestValueRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        if (plan instanceof MergeGroups(Fragment.Groups f)
                && !f.aggregates().isEmpty()
                && f.keys().stream().allMatch(Tag.class::isInstance)
                && f.aggregates().stream().allMatch(NewestValueRule::isDecidedByNewest)) {
            return new MergeGroups(
                    new Fragment.Groups(
                            f.scan(), f.keys(), f.aggregates(), f.outerBuckets(), true));
        }
        return PlanTree.mapInputs(plan, this::apply);
    }

    private static boolean isDecidedByNewest(Aggregate aggregate) {
        boolean newestTime =
                aggregate.function().name().equals("max")
                        && aggregate.argument() instanceof BoundExpression.Time;
        return newestTime
                || aggregate.function().isDecidedByNewestValue()
                || aggregate.function().ignoresRepeats() && readsOnlyTags(aggregate);
    }

    private static boolean readsOnlyTags(Aggregate aggregate) {
        return aggregate.arguments().stream()
                .allMatch(
                        argument ->
                                ExpressionTree.readsOnlyTags(argument)
                                        && !ExpressionTree.mayFail(argument));
    }
}
