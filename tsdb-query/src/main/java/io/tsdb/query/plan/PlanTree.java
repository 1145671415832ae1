package io.tsdb.query.plan;

import io.tsdb.query.plan.Plan.Cut;
import io.tsdb.query.plan.Plan.Distinct;
import io.tsdb.query.plan.Plan.Filter;
import io.tsdb.query.plan.Plan.Gather;
import io.tsdb.query.plan.Plan.Limit;
import io.tsdb.query.plan.Plan.MergeGroups;
import io.tsdb.query.plan.Plan.MergeLatest;
import io.tsdb.query.plan.Plan.Project;
import io.tsdb.query.plan.Plan.SingleRow;
import io.tsdb.query.plan.Plan.Sort;

import java.util.function.UnaryOperator;

/// Rebuilds plans and the fragments in them.
final class PlanTree {
    private PlanTree() {}

    /// The node with its input replaced; a leaf as it is.
    static Plan mapInput(Plan plan, UnaryOperator<Plan> map) {
        return switch (plan) {
            case Gather _, MergeGroups _, MergeLatest _, SingleRow _ -> plan;
            case Filter(Plan input, var condition) -> new Filter(map.apply(input), condition);
            case Project(Plan input, var expressions) -> new Project(map.apply(input), expressions);
            case Distinct(Plan input) -> new Distinct(map.apply(input));
            case Sort(Plan input, var keys, long limit) -> new Sort(map.apply(input), keys, limit);
            case Limit(Plan input, long limit, long offset) ->
                    new Limit(map.apply(input), limit, offset);
            case Cut(Plan input, int count) -> new Cut(map.apply(input), count);
        };
    }

    /// The plan with the scan of its fragment replaced.
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
            default -> mapInput(plan, input -> mapScan(input, map));
        };
    }
}
