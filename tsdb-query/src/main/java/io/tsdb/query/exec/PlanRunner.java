package io.tsdb.query.exec;

import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;

/// Plans to operators; starts their fragments.
final class PlanRunner {
    private final FragmentRunner fragments;
    private final QueryControl control;

    PlanRunner(FragmentRunner fragments, QueryControl control) {
        this.fragments = fragments;
        this.control = control;
    }

    BatchSource start(Plan plan) {
        return switch (plan) {
            case Plan.Gather(var fragment) -> new GatherSource(fragments.run(fragment, control));
            case Plan.MergeGroups p ->
                    new MergeGroupsSource(p, fragments.run(p.fragment(), control), control);
            case Plan.MergeLatest(var fragment) ->
                    new MergeLatestSource(fragment, fragments.run(fragment, control), control);
            case Plan.SingleRow() -> new SingleRowSource();
            case Plan.Filter p -> new FilterSource(p, start(p.input()), control.memory());
            case Plan.Project p -> new ProjectSource(p, start(p.input()), control.memory());
            case Plan.Distinct p -> new DistinctSource(p, start(p.input()), control);
            case Plan.Sort p -> new SortSource(p, start(p.input()), control);
            case Plan.Limit p -> {
                BatchSource late = LateRowsSource.of(p, fragments, control);
                yield late != null ? late : new LimitSource(p, start(p.input()));
            }
            case Plan.Cut(Plan input, int count) -> new CutSource(count, start(input));
        };
    }
}
