package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.plan.Plan.Aggregate;
import io.tsdb.query.plan.Plan.Asof;
import io.tsdb.query.plan.Plan.Cut;
import io.tsdb.query.plan.Plan.Distinct;
import io.tsdb.query.plan.Plan.Fill;
import io.tsdb.query.plan.Plan.Filter;
import io.tsdb.query.plan.Plan.Gather;
import io.tsdb.query.plan.Plan.Join;
import io.tsdb.query.plan.Plan.Latest;
import io.tsdb.query.plan.Plan.Limit;
import io.tsdb.query.plan.Plan.Matched;
import io.tsdb.query.plan.Plan.MergeGroups;
import io.tsdb.query.plan.Plan.MergeLatest;
import io.tsdb.query.plan.Plan.Project;
import io.tsdb.query.plan.Plan.Scan;
import io.tsdb.query.plan.Plan.SingleRow;
import io.tsdb.query.plan.Plan.Sort;
import io.tsdb.query.plan.Plan.Union;
import io.tsdb.query.plan.Plan.Values;
import io.tsdb.query.plan.Plan.Window;
import io.tsdb.query.plan.Plan.WindowJoin;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.UnaryOperator;

/// Rebuilds plans and the fragments in them.
final class PlanTree {
    private PlanTree() {}

    /// The node with its inputs replaced; a leaf as it is.
    static Plan mapInputs(Plan plan, UnaryOperator<Plan> map) {
        return switch (plan) {
            case Scan _, Latest _, Gather _, MergeGroups _, MergeLatest _, SingleRow _, Values _ ->
                    plan;
            case Filter(Plan input, var condition) -> new Filter(map.apply(input), condition);
            case Project(Plan input, var expressions) -> new Project(map.apply(input), expressions);
            case Aggregate(Plan input, var keys, var aggregates, var time) ->
                    new Aggregate(map.apply(input), keys, aggregates, time);
            case Fill(Plan input, Plan before, var filling) ->
                    new Fill(map.apply(input), before == null ? null : map.apply(before), filling);
            case Window(Plan input, var calls) -> new Window(map.apply(input), calls);
            case Union(List<Plan> inputs) -> new Union(inputs.stream().map(map).toList());
            case Matched(Plan left, Plan right, boolean isIntersection, boolean all) ->
                    new Matched(map.apply(left), map.apply(right), isIntersection, all);
            case Join(Plan left, Plan right, var kind, var keys, var residual) ->
                    new Join(map.apply(left), map.apply(right), kind, keys, residual);
            case Asof a ->
                    new Asof(
                            map.apply(a.left()),
                            map.apply(a.right()),
                            a.keepsLeft(),
                            a.keys(),
                            a.order(),
                            a.operator(),
                            a.tolerance());
            case WindowJoin w -> w.with(map.apply(w.left()), map.apply(w.right()));
            case Distinct(Plan input) -> new Distinct(map.apply(input));
            case Sort(Plan input, var keys, long limit) -> new Sort(map.apply(input), keys, limit);
            case Limit(Plan input, long limit, long offset) ->
                    new Limit(map.apply(input), limit, offset);
            case Cut(Plan input, int count) -> new Cut(map.apply(input), count);
        };
    }

    /// The plan with the scans of its fragments replaced.
    static Plan mapScan(Plan plan, UnaryOperator<ScanSpec> map) {
        return switch (plan) {
            case Gather(Fragment.Rows f) ->
                    new Gather(
                            new Fragment.Rows(
                                    map.apply(f.scan()), f.outputs(), f.sort(), f.limit()));
            case MergeGroups(Fragment.Groups f) ->
                    new MergeGroups(
                            new Fragment.Groups(
                                    map.apply(f.scan()),
                                    f.keys(),
                                    f.aggregates(),
                                    f.outerBuckets(),
                                    f.newestFirst()));
            case MergeLatest(Fragment.Latest f) ->
                    new MergeLatest(
                            new Fragment.Latest(map.apply(f.scan()), f.tags(), f.outputs()));
            case Gather _,
                    Scan _,
                    Latest _,
                    SingleRow _,
                    Values _,
                    Filter _,
                    Project _,
                    Aggregate _,
                    Fill _,
                    Window _,
                    Union _,
                    Matched _,
                    Join _,
                    Asof _,
                    WindowJoin _,
                    Distinct _,
                    Sort _,
                    Limit _,
                    Cut _ ->
                    mapInputs(plan, input -> mapScan(input, map));
        };
    }

    /// A plan's rows for which a condition is true; all of them without one.
    static Plan filtered(Plan plan, @Nullable BoundExpression condition) {
        return condition == null ? plan : new Filter(plan, condition);
    }

    /// Whether rows are joined anywhere in it.
    static boolean hasJoin(Plan plan) {
        if (plan instanceof Join || plan instanceof Asof || plan instanceof WindowJoin) {
            return true;
        }
        boolean[] below = {false};
        mapInputs(
                plan,
                input -> {
                    below[0] |= hasJoin(input);
                    return input;
                });
        return below[0];
    }
}
