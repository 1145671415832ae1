package io.tsdb.query.plan;

import io.tsdb.query.plan.Plan.Project;

/// What is computed of what was computed is computed at once.
final class MergeProjectsRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        Plan below = PlanTree.mapInputs(plan, this::apply);
        if (below instanceof Project(Project(Plan input, var inner), var outer)) {
            return Substitution.of(outer, inner)
                    .<Plan>map(both -> new Project(input, both))
                    .orElse(below);
        }
        return below;
    }
}
