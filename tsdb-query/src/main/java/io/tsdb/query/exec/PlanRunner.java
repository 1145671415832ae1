package io.tsdb.query.exec;

import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Supplier;

/// Plans to operators; starts their fragments.
final class PlanRunner {
    private final FragmentRunner fragments;
    private final QueryControl control;
    private final @Nullable PlanProfile profile;

    PlanRunner(FragmentRunner fragments, QueryControl control) {
        this.fragments = fragments;
        this.control = control;
        this.profile = null;
    }

    /// @param profile what the operators do is told to
    PlanRunner(FragmentRunner fragments, QueryControl control, PlanProfile profile) {
        this.fragments = fragments;
        this.control = control;
        this.profile = profile;
    }

    BatchSource start(Plan plan) {
        PlanProfile profiled = profile;
        if (profiled == null) {
            return start(plan, control);
        }
        PlanProfile.Node node = profiled.node(plan);
        return profiled.counted(start(plan, control.profiled(node.fragment())), node);
    }

    private BatchSource start(Plan plan, QueryControl control) {
        return switch (plan) {
            case Plan.Gather(var fragment) -> new GatherSource(fragments.run(fragment, control));
            case Plan.MergeGroups p ->
                    new MergeGroupsSource(p, fragments.run(p.fragment(), control), control);
            case Plan.MergeLatest(var fragment) ->
                    new MergeLatestSource(fragment, fragments.run(fragment, control), control);
            case Plan.Scan _, Plan.Latest _ ->
                    throw new IllegalStateException("BUG: left above the shards: " + plan);
            case Plan.Aggregate p -> new AggregateSource(p, start(p.input()), control);
            case Plan.Fill p -> {
                Plan before = p.before();
                yield new FillSource(
                        p, start(p.input()), before == null ? null : () -> start(before), control);
            }
            case Plan.Window p -> new WindowSource(p, start(p.input()), control);
            case Plan.Union(List<Plan> inputs) ->
                    new UnionSource(
                            inputs.stream()
                                    .<Supplier<BatchSource>>map(i -> () -> start(i))
                                    .toList());
            case Plan.Matched p ->
                    new MatchedSource(p, start(p.left()), () -> start(p.right()), control);
            case Plan.Join p ->
                    new JoinSource(p, () -> start(p.left()), () -> start(p.right()), control);
            case Plan.Asof p ->
                    new AsofSource(p, () -> start(p.left()), () -> start(p.right()), control);
            case Plan.WindowJoin p ->
                    new WindowJoinSource(p, () -> start(p.left()), () -> start(p.right()), control);
            case Plan.Values p -> new ValuesSource(p, control.memory());
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
