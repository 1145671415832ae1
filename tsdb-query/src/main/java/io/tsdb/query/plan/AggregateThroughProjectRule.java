package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.plan.Plan.Aggregate;
import io.tsdb.query.plan.Plan.Latest;
import io.tsdb.query.plan.Plan.Project;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Groups of what is computed of rows are groups of the rows, so that they can be made at the
/// shards. `first` and `last` go by the time that the rows had when they were projected: it is
/// computed below, too, and the rule fits only when that is the scan's own. The newest rows leave
/// the shards as rows: their groups are made above.
final class AggregateThroughProjectRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        Plan below = PlanTree.mapInputs(plan, this::apply);
        if (below
                        instanceof
                        Aggregate(
                                Project(Plan input, var expressions),
                                var keys,
                                var aggregates,
                                var time)
                && !(input instanceof Latest)) {
            var all = new ArrayList<>(keys);
            all.addAll(aggregates);
            if (time != null) {
                all.add(time);
            }
            Optional<List<BoundExpression>> substituted = Substitution.of(all, expressions);
            if (substituted.isPresent()) {
                List<BoundExpression> done = substituted.get();
                int split = keys.size() + aggregates.size();
                BoundExpression timeBelow = time == null ? null : done.getLast();
                boolean usesTime = aggregates.stream().anyMatch(a -> a.function().usesTime());
                if (!usesTime || timeBelow instanceof BoundExpression.Time) {
                    return new Aggregate(
                            input,
                            done.subList(0, keys.size()),
                            done.subList(keys.size(), split).stream()
                                    .map(BoundExpression.Aggregate.class::cast)
                                    .toList(),
                            timeBelow);
                }
            }
        }
        return below;
    }
}
