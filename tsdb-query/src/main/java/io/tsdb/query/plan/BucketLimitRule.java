package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Bucket;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.BoundExpression.Time;
import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.query.plan.Plan.MergeGroups;
import io.tsdb.query.plan.Plan.Project;
import io.tsdb.query.plan.Plan.Sort;

import org.jspecify.annotations.Nullable;

/// `GROUP BY bucket ... ORDER BY bucket [DESC] LIMIT n` needs the newest (oldest) n buckets that
/// hold rows, and no others: each shard looks at its own newest (oldest) n. Does not fit with a
/// filter on fields or `HAVING`, since they decide which groups there are.
final class BucketLimitRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        if (plan
                        instanceof
                        Sort(
                                Project(MergeGroups(Fragment.Groups f), var expressions),
                                var keys,
                                long limit)
                && limit > 0
                && limit < Long.MAX_VALUE
                && f.scan().filter() == null
                && sortedBucket(f, expressions.get(keys.getFirst().column()))
                        instanceof Bucket(TimeGrid grid, Time _)) {
            boolean newest = keys.getFirst().descending();
            var narrowed =
                    new Fragment.Groups(
                            f.scan(),
                            f.keys(),
                            f.aggregates(),
                            new Fragment.OuterBuckets(grid, limit, newest),
                            f.newestFirst());
            return new Sort(new Project(new MergeGroups(narrowed), expressions), keys, limit);
        }
        return PlanTree.mapInputs(plan, this::apply);
    }

    /// The key that the groups are sorted by, if they are: there may be buckets of other widths
    /// among the keys.
    private static @Nullable BoundExpression sortedBucket(
            Fragment.Groups groups, BoundExpression sorted) {
        return sorted instanceof Input(int index, _, _, _) && index < groups.keys().size()
                ? groups.keys().get(index)
                : null;
    }
}
