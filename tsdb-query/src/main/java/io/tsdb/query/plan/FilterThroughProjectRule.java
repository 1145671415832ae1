package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.plan.Plan.Filter;
import io.tsdb.query.plan.Plan.Latest;
import io.tsdb.query.plan.Plan.Project;

import java.util.List;
import java.util.Optional;

/// A condition on what is computed of rows becomes one on the rows, so that it gets down to a scan.
/// It stays above the newest rows: which row is the newest does not depend on it.
final class FilterThroughProjectRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        if (plan instanceof Filter(Project(Plan input, var expressions), var condition)
                && !(input instanceof Latest)) {
            Optional<List<BoundExpression>> below =
                    Substitution.of(List.of(condition), expressions);
            if (below.isPresent()) {
                Plan filtered = new Filter(input, below.get().getFirst());
                return new Project(apply(filtered), expressions);
            }
        }
        if (plan instanceof Filter(Filter(Plan input, var first), var second)) {
            return apply(new Filter(input, Conjunctions.both(first, second)));
        }
        return PlanTree.mapInputs(plan, this::apply);
    }
}
