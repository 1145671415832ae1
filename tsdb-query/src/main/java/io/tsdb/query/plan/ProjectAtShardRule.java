package io.tsdb.query.plan;

import io.tsdb.query.plan.Plan.Gather;
import io.tsdb.query.plan.Plan.Latest;
import io.tsdb.query.plan.Plan.MergeLatest;
import io.tsdb.query.plan.Plan.Project;
import io.tsdb.query.plan.Plan.Scan;

import java.util.List;

/// What is computed of a measurement's rows, or of the newest ones, is computed at the shards.
final class ProjectAtShardRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        if (plan instanceof Project(Scan(ScanSpec spec), var expressions)) {
            return new Gather(new Fragment.Rows(spec, expressions, List.of(), Long.MAX_VALUE));
        }
        if (plan instanceof Project(Latest(Scan(ScanSpec spec), var tags), var expressions)) {
            return new MergeLatest(new Fragment.Latest(spec, tags, expressions));
        }
        return PlanTree.mapInputs(plan, this::apply);
    }
}
