package io.tsdb.query.plan;

import io.tsdb.query.plan.Plan.Distinct;
import io.tsdb.query.plan.Plan.Filter;
import io.tsdb.query.plan.Plan.Union;

import java.util.List;

/// A condition on the rows of several inputs is one on each; so is one on different rows.
final class FilterThroughUnionRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        if (plan instanceof Filter(Union(List<Plan> inputs), var condition)) {
            return new Union(
                    inputs.stream().map(input -> apply(new Filter(input, condition))).toList());
        }
        if (plan instanceof Filter(Distinct(Plan input), var condition)) {
            return new Distinct(apply(new Filter(input, condition)));
        }
        return PlanTree.mapInputs(plan, this::apply);
    }
}
