package io.tsdb.query.plan;

import io.tsdb.query.analysis.AnalyzedSelect;
import io.tsdb.query.analysis.AnalyzedSelect.Aggregation;
import io.tsdb.query.analysis.AnalyzedSelect.Order;
import io.tsdb.query.analysis.BoundExpression;
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
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.schema.MeasurementSchema;

import java.util.ArrayList;
import java.util.List;

/// Makes the plan of a select: first as it is written, then by the rules.
public final class Planner {
    /// In the order in which they apply; each leaves a plan that gives the same rows.
    private static final List<PlanRule> RULES =
            List.of(
                    new TimeRangeRule(),
                    new SeriesRule(),
                    new LimitRule(),
                    new BucketLimitRule(),
                    new NewestValueRule());

    private Planner() {}

    public static Plan plan(AnalyzedSelect select) {
        Plan plan = asWritten(select);
        for (PlanRule rule : RULES) {
            plan = rule.apply(plan);
        }
        return plan;
    }

    private static Plan asWritten(AnalyzedSelect select) {
        var expressions = new ArrayList<BoundExpression>();
        select.outputs().forEach(output -> expressions.add(output.expression()));
        List<SortKey> keys = sortKeys(select, expressions);
        Plan plan = rows(select, expressions);
        if (select.distinct()) {
            plan = new Distinct(plan);
        }
        if (!keys.isEmpty()) {
            plan = new Sort(plan, keys, Long.MAX_VALUE);
        }
        if (select.limit() < Long.MAX_VALUE || select.offset() > 0) {
            plan = new Limit(plan, select.limit(), select.offset());
        }
        int count = select.outputs().size();
        return expressions.size() > count ? new Cut(plan, count) : plan;
    }

    /// Sort keys as columns; expressions that are not selected join them behind the outputs.
    private static List<SortKey> sortKeys(
            AnalyzedSelect select, List<BoundExpression> expressions) {
        var keys = new ArrayList<SortKey>();
        for (Order order : select.orderBy()) {
            int column = expressions.indexOf(order.expression());
            if (column < 0) {
                column = expressions.size();
                expressions.add(order.expression());
            }
            keys.add(new SortKey(column, order.descending(), order.nullsFirst()));
        }
        return keys;
    }

    private static Plan rows(AnalyzedSelect select, List<BoundExpression> expressions) {
        Aggregation aggregation = select.aggregation();
        MeasurementSchema measurement = select.measurement();
        if (measurement == null) {
            return withoutMeasurement(select, expressions);
        }
        var scan =
                new ScanSpec(
                        select.database(), measurement.name(), TimeRange.ALL, null, select.where());
        if (aggregation != null) {
            var groups =
                    new Fragment.Groups(
                            scan, aggregation.keys(), aggregation.aggregates(), null, false);
            return overGroups(select, new MergeGroups(groups), expressions);
        }
        if (!select.latestBy().isEmpty()) {
            return new MergeLatest(new Fragment.Latest(scan, select.latestBy(), expressions));
        }
        return new Gather(new Fragment.Rows(scan, expressions, List.of(), Long.MAX_VALUE));
    }

    private static Plan overGroups(
            AnalyzedSelect select, Plan groups, List<BoundExpression> expressions) {
        BoundExpression having = select.having();
        return new Project(having == null ? groups : new Filter(groups, having), expressions);
    }

    private static Plan withoutMeasurement(
            AnalyzedSelect select, List<BoundExpression> expressions) {
        Plan plan = new SingleRow();
        BoundExpression where = select.where();
        if (where != null) {
            plan = new Filter(plan, where);
        }
        Aggregation aggregation = select.aggregation();
        if (aggregation != null) {
            throw new IllegalStateException("BUG: groups without a measurement");
        }
        return new Project(plan, expressions);
    }
}
