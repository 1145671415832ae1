package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.plan.Plan.Aggregate;
import io.tsdb.query.plan.Plan.MergeGroups;
import io.tsdb.query.plan.Plan.Scan;

/// Groups of a measurement's rows are made at the shards, and merged.
final class AggregateAtShardRule implements PlanRule {
    /// What counts rows by a constant counts their times, which blocks tell by their statistics.
    private static BoundExpression.Aggregate countsTimes(BoundExpression.Aggregate aggregate) {
        boolean countsRows =
                aggregate.function().name().equals("count")
                        && aggregate.argument() instanceof Constant(_, Object value)
                        && value != null;
        return countsRows
                ? new BoundExpression.Aggregate(
                        aggregate.function(),
                        new BoundExpression.Time(aggregate.place()),
                        aggregate.type(),
                        aggregate.place())
                : aggregate;
    }

    @Override
    public Plan apply(Plan plan) {
        if (plan instanceof Aggregate(Scan(ScanSpec spec), var keys, var aggregates, _)) {
            return new MergeGroups(
                    new Fragment.Groups(
                            spec,
                            keys,
                            aggregates.stream().map(AggregateAtShardRule::countsTimes).toList(),
                            null,
                            false));
        }
        return PlanTree.mapInputs(plan, this::apply);
    }
}
