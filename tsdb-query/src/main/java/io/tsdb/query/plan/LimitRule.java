package io.tsdb.query.plan;

import io.tsdb.query.plan.Plan.Gather;
import io.tsdb.query.plan.Plan.Limit;
import io.tsdb.query.plan.Plan.Sort;

/// `LIMIT` goes down: into a sort below it, which then keeps the first rows only, and into a
/// fragment of rows, which then hands back no more than that many, sorted or not.
final class LimitRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        Plan below = PlanTree.mapInputs(plan, this::apply);
        if (below instanceof Limit(Plan input, long limit, long offset)
                && limit < Long.MAX_VALUE - offset) {
            return new Limit(push(input, limit + offset), limit, offset);
        }
        return below;
    }

    private static Plan push(Plan plan, long count) {
        if (plan instanceof Sort(Gather(Fragment.Rows f), var keys, _)) {
            var first = new Fragment.Rows(f.scan(), f.outputs(), keys, count);
            return new Sort(new Gather(first), keys, count);
        }
        if (plan instanceof Sort(Plan input, var keys, long limit)) {
            return new Sort(input, keys, Math.min(limit, count));
        }
        if (plan instanceof Gather(Fragment.Rows f)) {
            return new Gather(new Fragment.Rows(f.scan(), f.outputs(), f.sort(), count));
        }
        return plan;
    }
}
