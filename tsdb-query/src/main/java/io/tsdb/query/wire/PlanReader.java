package io.tsdb.query.wire;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.Filling;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.plan.SortKey;
import io.tsdb.query.sql.JoinKind;
import io.tsdb.query.wire.WireLayout.FragmentTag;
import io.tsdb.query.wire.WireLayout.PlanTag;
import io.tsdb.storage.model.TimeRange;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Bytes to plans and fragments.
public final class PlanReader {
    private final WireInput in;
    private final ExpressionReader expressions;

    private PlanReader(byte[] bytes, int kind) {
        this.in = new WireInput(bytes, kind);
        this.expressions = new ExpressionReader(in);
    }

    /// @throws WireException when the bytes are no plan that this node can run
    public static Plan plan(byte[] bytes) {
        var reader = new PlanReader(bytes, WireLayout.KIND_PLAN);
        Plan plan = reader.plan();
        reader.in.requireEnd();
        return plan;
    }

    /// @throws WireException when the bytes are no fragment that this node can run
    public static Fragment fragment(byte[] bytes) {
        var reader = new PlanReader(bytes, WireLayout.KIND_FRAGMENT);
        Fragment fragment = reader.fragment();
        reader.in.requireEnd();
        return fragment;
    }

    private Plan plan() {
        return in.nested(this::one);
    }

    private Plan one() {
        int tag = in.raw();
        return switch (tag) {
            case PlanTag.SCAN -> new Plan.Scan(scan());
            case PlanTag.LATEST -> new Plan.Latest(new Plan.Scan(scan()), in.list(in::text));
            case PlanTag.AGGREGATE ->
                    new Plan.Aggregate(
                            plan(),
                            expressions.all(),
                            in.list(expressions::aggregate),
                            expressions.optional());
            case PlanTag.FILL -> new Plan.Fill(plan(), in.flag() ? plan() : null, filling());
            case PlanTag.WINDOW -> new Plan.Window(plan(), in.list(expressions::windowCall));
            case PlanTag.UNION -> new Plan.Union(inputs());
            case PlanTag.MATCHED -> new Plan.Matched(plan(), plan(), in.flag(), in.flag());
            case PlanTag.JOIN ->
                    new Plan.Join(
                            plan(),
                            plan(),
                            in.constant(JoinKind.values(), WireCodes::of),
                            in.list(this::key),
                            expressions.optional());
            case PlanTag.ASOF ->
                    new Plan.Asof(
                            plan(),
                            plan(),
                            in.flag(),
                            in.list(this::key),
                            key(),
                            expressions.comparison(),
                            optional());
            case PlanTag.WINDOW_JOIN ->
                    new Plan.WindowJoin(
                            plan(),
                            plan(),
                            in.list(this::key),
                            key(),
                            in.fixed(),
                            in.fixed(),
                            in.flag(),
                            in.list(expressions::aggregate));
            case PlanTag.VALUES -> values();
            case PlanTag.GATHER -> new Plan.Gather(fragment());
            case PlanTag.MERGE_GROUPS -> {
                if (fragment() instanceof Fragment.Groups groups) {
                    yield new Plan.MergeGroups(groups);
                }
                throw in.wrong("groups are merged, nothing else");
            }
            case PlanTag.MERGE_LATEST -> {
                if (fragment() instanceof Fragment.Latest latest) {
                    yield new Plan.MergeLatest(latest);
                }
                throw in.wrong("newest rows are merged, nothing else");
            }
            case PlanTag.SINGLE_ROW -> new Plan.SingleRow();
            case PlanTag.FILTER -> new Plan.Filter(plan(), expressions.read());
            case PlanTag.PROJECT -> new Plan.Project(plan(), expressions.all());
            case PlanTag.DISTINCT -> new Plan.Distinct(plan());
            case PlanTag.SORT -> new Plan.Sort(plan(), in.list(this::sortKey), in.count());
            case PlanTag.LIMIT -> new Plan.Limit(plan(), in.count(), in.count());
            case PlanTag.CUT -> new Plan.Cut(plan(), in.smallCount());
            default -> throw in.wrong("there is no node of kind " + tag);
        };
    }

    private List<Plan> inputs() {
        List<Plan> inputs = in.list(this::plan);
        if (inputs.isEmpty()) {
            throw in.wrong("rows come from an input");
        }
        return inputs;
    }

    private Plan values() {
        List<ColumnType> types = in.list(expressions::type);
        int count = in.smallCount();
        var rows = new ArrayList<List<BoundExpression.Constant>>();
        for (int row = 0; row < count; row++) {
            var values = new ArrayList<BoundExpression.Constant>();
            for (ColumnType type : types) {
                BoundExpression.Constant value = expressions.constant();
                if (value.type() != type) {
                    throw in.wrong("a constant is of another type than its column");
                }
                values.add(value);
            }
            if (types.isEmpty()) {
                throw in.wrong("rows of constants have columns");
            }
            rows.add(values);
        }
        return new Plan.Values(types, rows);
    }

    private Fragment fragment() {
        int tag = in.raw();
        return switch (tag) {
            case FragmentTag.ROWS ->
                    new Fragment.Rows(
                            scan(), expressions.all(), in.list(this::sortKey), in.count());
            case FragmentTag.GROUPS ->
                    new Fragment.Groups(
                            scan(),
                            expressions.all(),
                            in.list(expressions::aggregate),
                            outer(),
                            in.flag());
            case FragmentTag.LATEST ->
                    new Fragment.Latest(scan(), in.list(in::text), expressions.all());
            case FragmentTag.TAG_VALUES -> new Fragment.TagValues(in.text(), in.text(), in.text());
            case FragmentTag.SERIES -> new Fragment.Series(in.text(), in.text());
            case FragmentTag.CARDINALITY -> new Fragment.Cardinality(in.text(), in.text());
            case FragmentTag.VALUE_COUNTS ->
                    new Fragment.ValueCounts(in.text(), in.text(), in.text(), in.smallCount());
            default -> throw in.wrong("there is no fragment of kind " + tag);
        };
    }

    private ScanSpec scan() {
        String database = in.text();
        String measurement = in.text();
        long from = in.fixed();
        long to = in.fixed();
        if (from > to) {
            throw in.wrong("a range of time ends before it starts");
        }
        return new ScanSpec(
                database,
                measurement,
                new TimeRange(from, to),
                expressions.optional(),
                expressions.optional());
    }

    private Fragment.@Nullable OuterBuckets outer() {
        return in.flag()
                ? new Fragment.OuterBuckets(expressions.grid(), in.count(), in.flag())
                : null;
    }

    private Plan.JoinKey key() {
        return new Plan.JoinKey(expressions.read(), expressions.read());
    }

    private SortKey sortKey() {
        return new SortKey(in.smallCount(), in.flag(), in.flag());
    }

    private @Nullable Long optional() {
        return in.flag() ? (Long) in.fixed() : null;
    }

    private Filling filling() {
        return new Filling(
                in.smallCount(),
                expressions.grid(),
                optional(),
                optional(),
                expressions.all(),
                in.list(expressions::mode),
                in.list(() -> in.list(expressions::constant)),
                expressions.optional());
    }
}
