package io.tsdb.query.plan;

import io.tsdb.query.analysis.AnalyzedQuery;
import io.tsdb.query.analysis.AnalyzedSelect;
import io.tsdb.query.analysis.AnalyzedSelect.Aggregation;
import io.tsdb.query.analysis.AnalyzedSelect.Order;
import io.tsdb.query.analysis.AnalyzedSelect.Windows;
import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.BoundExpression.WindowCall;
import io.tsdb.query.analysis.ExpressionText;
import io.tsdb.query.analysis.Filling;
import io.tsdb.query.analysis.Relation;
import io.tsdb.query.plan.Plan.Aggregate;
import io.tsdb.query.plan.Plan.Cut;
import io.tsdb.query.plan.Plan.Distinct;
import io.tsdb.query.plan.Plan.Fill;
import io.tsdb.query.plan.Plan.Latest;
import io.tsdb.query.plan.Plan.Limit;
import io.tsdb.query.plan.Plan.Matched;
import io.tsdb.query.plan.Plan.Project;
import io.tsdb.query.plan.Plan.Scan;
import io.tsdb.query.plan.Plan.SingleRow;
import io.tsdb.query.plan.Plan.Sort;
import io.tsdb.query.plan.Plan.Union;
import io.tsdb.query.plan.Plan.Values;
import io.tsdb.query.plan.Plan.Window;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Makes the plan of a query: first as it is written, then by the rules.
public final class Planner {
    /// Bring conditions down. Below a join there may be one again, so they apply until nothing
    /// moves.
    private static final List<PlanRule> FILTER_RULES =
            List.of(
                    new FilterThroughUnionRule(),
                    new FilterThroughProjectRule(),
                    new JoinKeysRule(),
                    new FilterIntoJoinRule(),
                    new FilterIntoAsofRule(),
                    new FilterIntoWindowJoinRule());

    /// In the order in which they apply; each leaves a plan that gives the same rows.
    private static final List<PlanRule> RULES =
            List.of(
                    new FilterIntoScanRule(),
                    new AggregateThroughProjectRule(),
                    new MergeProjectsRule(),
                    new JoinColumnsRule(),
                    new GatherForAggregateRule(),
                    new AggregateAtShardRule(),
                    new ProjectAtShardRule(),
                    new TimeRangeRule(),
                    new SeriesRule(),
                    new LimitRule(),
                    new BucketLimitRule(),
                    new NewestValueRule());

    private Planner() {}

    public static Plan plan(AnalyzedQuery query) {
        return byRules(asWritten(query));
    }

    /// The plan of a query of which only so many rows are wanted.
    public static Plan limited(AnalyzedQuery query, long rowsMax) {
        return byRules(new Limit(asWritten(query), rowsMax, 0));
    }

    private static Plan byRules(Plan asWritten) {
        Plan plan = apply(FILTER_RULES, asWritten);
        if (PlanTree.hasJoin(plan)) {
            for (Plan next = apply(FILTER_RULES, plan);
                    !next.equals(plan);
                    next = apply(FILTER_RULES, plan)) {
                plan = next;
            }
        }
        return apply(RULES, plan);
    }

    private static Plan apply(List<PlanRule> rules, Plan to) {
        Plan plan = to;
        for (PlanRule rule : rules) {
            plan = rule.apply(plan);
        }
        return plan;
    }

    private static Plan asWritten(AnalyzedQuery query) {
        return switch (query) {
            case AnalyzedSelect select -> select(select);
            case AnalyzedQuery.Rows(var columns, var rows) ->
                    new Values(columns.stream().map(AnalyzedQuery.Column::type).toList(), rows);
            case AnalyzedQuery.Combined c -> combined(c);
        };
    }

    private static Plan combined(AnalyzedQuery.Combined c) {
        Plan left = asWritten(c.left());
        Plan right = asWritten(c.right());
        return switch (c.operator()) {
            case UNION -> {
                Plan both = new Union(List.of(left, right));
                yield c.all() ? both : new Distinct(both);
            }
            case EXCEPT -> new Matched(left, right, false, c.all());
            case INTERSECT -> new Matched(left, right, true, c.all());
        };
    }

    private static Plan select(AnalyzedSelect select) {
        var expressions = new ArrayList<BoundExpression>();
        select.outputs().forEach(output -> expressions.add(output.expression()));
        List<SortKey> keys = sortKeys(select, expressions);
        Plan plan = new Project(rows(select), expressions);
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

    /// What the outputs are computed of.
    private static Plan rows(AnalyzedSelect select) {
        Plan plan = groups(select, select.where());
        Filling filling = select.filling();
        if (filling != null) {
            BoundExpression before = filling.whereBefore();
            plan =
                    new Fill(
                            new Project(plan, filling.columns()),
                            before == null
                                    ? null
                                    : new Project(groups(select, before), filling.columns()),
                            filling);
        }
        Windows windows = select.windows();
        if (windows != null) {
            plan = over(new Project(plan, windows.columns()), windows);
        }
        return PlanTree.filtered(plan, select.qualify());
    }

    /// Rows, or groups of them.
    private static Plan groups(AnalyzedSelect select, @Nullable BoundExpression where) {
        Plan plan = relation(select.relation(), where);
        if (!select.latestBy().isEmpty()) {
            plan = latest(plan, select.latestBy());
        }
        Aggregation aggregation = select.aggregation();
        if (aggregation != null) {
            plan = new Aggregate(plan, aggregation.keys(), aggregation.aggregates(), select.time());
        }
        return PlanTree.filtered(plan, select.having());
    }

    private static Plan relation(Relation relation, @Nullable BoundExpression where) {
        return switch (relation) {
            // the condition at once: what reads the scan right above takes it as it is
            case Relation.Measurement(MeasurementSchema schema) ->
                    new Scan(
                            new ScanSpec(
                                    schema.database(), schema.name(), TimeRange.ALL, null, where));
            case Relation.Derived(AnalyzedQuery query, _) ->
                    PlanTree.filtered(asWritten(query), where);
            case Relation.Joined joined ->
                    PlanTree.filtered(JoinedRows.plan(joined, part -> relation(part, null)), where);
            case Relation.Nothing() -> PlanTree.filtered(new SingleRow(), where);
        };
    }

    private static Plan latest(Plan plan, List<String> tags) {
        if (plan instanceof Scan scan) {
            return new Latest(scan, tags);
        }
        throw new IllegalStateException("BUG: LATEST BY of what is no measurement");
    }

    /// One node for all calls whose windows sort alike. Its calls come behind the columns that are
    /// there already, so the columns are brought into the order of the calls at the end.
    private static Plan over(Plan plan, Windows windows) {
        var left = new ArrayList<>(windows.calls());
        var places = new ArrayList<WindowCall>();
        while (!left.isEmpty()) {
            WindowCall first = left.getFirst();
            List<WindowCall> alike =
                    left.stream().filter(c -> c.window().sortsLike(first.window())).toList();
            left.removeAll(alike);
            plan = new Window(plan, alike);
            places.addAll(alike);
        }
        if (places.equals(windows.calls())) {
            return plan;
        }
        var columns = new ArrayList<BoundExpression>();
        int count = windows.columns().size();
        for (int i = 0; i < count; i++) {
            BoundExpression column = windows.columns().get(i);
            columns.add(new Input(i, column.type(), ExpressionText.of(column)));
        }
        for (WindowCall call : windows.calls()) {
            columns.add(
                    new Input(count + places.indexOf(call), call.type(), ExpressionText.of(call)));
        }
        return new Project(plan, columns);
    }
}
