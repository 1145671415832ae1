package io.tsdb.query.wire;

import io.tsdb.query.analysis.Filling;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.plan.SortKey;
import io.tsdb.query.wire.WireLayout.FragmentTag;
import io.tsdb.query.wire.WireLayout.PlanTag;

import org.jspecify.annotations.Nullable;

/// Plans and fragments to bytes.
public final class PlanWriter {
    private static final int CAPACITY = 512;

    private final WireOutput out;
    private final ExpressionWriter expressions;

    private PlanWriter(int kind) {
        this.out = WireOutput.of(kind, CAPACITY);
        this.expressions = new ExpressionWriter(out);
    }

    public static byte[] toBytes(Plan plan) {
        var writer = new PlanWriter(WireLayout.KIND_PLAN);
        writer.write(plan);
        return writer.out.toBytes();
    }

    public static byte[] toBytes(Fragment fragment) {
        var writer = new PlanWriter(WireLayout.KIND_FRAGMENT);
        writer.write(fragment);
        return writer.out.toBytes();
    }

    private void write(Plan plan) {
        switch (plan) {
            case Plan.Scan(ScanSpec spec) -> {
                out.raw(PlanTag.SCAN);
                scan(spec);
            }
            case Plan.Latest(Plan.Scan input, var tags) -> {
                out.raw(PlanTag.LATEST);
                scan(input.spec());
                out.list(tags, out::text);
            }
            case Plan.Aggregate a -> {
                out.raw(PlanTag.AGGREGATE);
                write(a.input());
                expressions.all(a.keys());
                expressions.all(a.aggregates());
                expressions.optional(a.time());
            }
            case Plan.Fill(Plan input, Plan before, Filling filling) -> {
                out.raw(PlanTag.FILL);
                write(input);
                out.flag(before != null);
                if (before != null) {
                    write(before);
                }
                filling(filling);
            }
            case Plan.Window(Plan input, var calls) -> {
                out.raw(PlanTag.WINDOW);
                write(input);
                expressions.all(calls);
            }
            case Plan.Union(var inputs) -> {
                out.raw(PlanTag.UNION);
                out.list(inputs, this::write);
            }
            case Plan.Matched(Plan left, Plan right, boolean isIntersection, boolean all) -> {
                out.raw(PlanTag.MATCHED);
                write(left);
                write(right);
                out.flag(isIntersection);
                out.flag(all);
            }
            case Plan.Join j -> {
                out.raw(PlanTag.JOIN);
                write(j.left());
                write(j.right());
                out.raw(WireCodes.of(j.kind()));
                out.list(j.keys(), this::key);
                expressions.optional(j.residual());
            }
            case Plan.Asof a -> {
                out.raw(PlanTag.ASOF);
                write(a.left());
                write(a.right());
                out.flag(a.keepsLeft());
                out.list(a.keys(), this::key);
                key(a.order());
                out.raw(WireCodes.of(a.operator()));
                optional(a.tolerance());
            }
            case Plan.WindowJoin w -> {
                out.raw(PlanTag.WINDOW_JOIN);
                write(w.left());
                write(w.right());
                out.list(w.keys(), this::key);
                key(w.order());
                out.fixed(w.from());
                out.fixed(w.to());
                out.flag(w.withPrevailing());
                expressions.all(w.aggregates());
            }
            case Plan.Values(var types, var rows) -> {
                out.raw(PlanTag.VALUES);
                out.list(types, type -> out.raw(WireCodes.of(type)));
                out.count(rows.size());
                rows.forEach(row -> row.forEach(expressions::constant));
            }
            case Plan.Gather(Fragment fragment) -> {
                out.raw(PlanTag.GATHER);
                write(fragment);
            }
            case Plan.MergeGroups(Fragment.Groups fragment) -> {
                out.raw(PlanTag.MERGE_GROUPS);
                write(fragment);
            }
            case Plan.MergeLatest(Fragment.Latest fragment) -> {
                out.raw(PlanTag.MERGE_LATEST);
                write(fragment);
            }
            case Plan.SingleRow() -> out.raw(PlanTag.SINGLE_ROW);
            case Plan.Filter(Plan input, var condition) -> {
                out.raw(PlanTag.FILTER);
                write(input);
                expressions.write(condition);
            }
            case Plan.Project(Plan input, var columns) -> {
                out.raw(PlanTag.PROJECT);
                write(input);
                expressions.all(columns);
            }
            case Plan.Distinct(Plan input) -> {
                out.raw(PlanTag.DISTINCT);
                write(input);
            }
            case Plan.Sort(Plan input, var keys, long limit) -> {
                out.raw(PlanTag.SORT);
                write(input);
                out.list(keys, this::sortKey);
                out.count(limit);
            }
            case Plan.Limit(Plan input, long limit, long offset) -> {
                out.raw(PlanTag.LIMIT);
                write(input);
                out.count(limit);
                out.count(offset);
            }
            case Plan.Cut(Plan input, int count) -> {
                out.raw(PlanTag.CUT);
                write(input);
                out.count(count);
            }
        }
    }

    private void write(Fragment fragment) {
        switch (fragment) {
            case Fragment.Rows(ScanSpec spec, var outputs, var sort, long limit) -> {
                out.raw(FragmentTag.ROWS);
                scan(spec);
                expressions.all(outputs);
                out.list(sort, this::sortKey);
                out.count(limit);
            }
            case Fragment.Groups g -> {
                out.raw(FragmentTag.GROUPS);
                scan(g.scan());
                expressions.all(g.keys());
                expressions.all(g.aggregates());
                outer(g.outerBuckets());
                out.flag(g.newestFirst());
            }
            case Fragment.Latest(ScanSpec spec, var tags, var outputs) -> {
                out.raw(FragmentTag.LATEST);
                scan(spec);
                out.list(tags, out::text);
                expressions.all(outputs);
            }
            case Fragment.TagValues(String database, String measurement, String tag) -> {
                out.raw(FragmentTag.TAG_VALUES);
                out.text(database);
                out.text(measurement);
                out.text(tag);
            }
            case Fragment.Series(String database, String measurement) -> {
                out.raw(FragmentTag.SERIES);
                out.text(database);
                out.text(measurement);
            }
            case Fragment.Cardinality(String database, String measurement) -> {
                out.raw(FragmentTag.CARDINALITY);
                out.text(database);
                out.text(measurement);
            }
            case Fragment.ValueCounts f -> {
                out.raw(FragmentTag.VALUE_COUNTS);
                out.text(f.database());
                out.text(f.measurement());
                out.text(f.tag());
                out.count(f.texts());
            }
        }
    }

    private void scan(ScanSpec spec) {
        out.text(spec.database());
        out.text(spec.measurement());
        out.fixed(spec.range().fromNanos());
        out.fixed(spec.range().toNanos());
        expressions.optional(spec.series());
        expressions.optional(spec.filter());
    }

    private void outer(Fragment.@Nullable OuterBuckets outer) {
        out.flag(outer != null);
        if (outer != null) {
            expressions.grid(outer.grid());
            out.count(outer.count());
            out.flag(outer.newest());
        }
    }

    private void key(Plan.JoinKey key) {
        expressions.write(key.left());
        expressions.write(key.right());
    }

    private void sortKey(SortKey key) {
        out.count(key.column());
        out.flag(key.descending());
        out.flag(key.nullsFirst());
    }

    private void optional(@Nullable Long value) {
        out.flag(value != null);
        if (value != null) {
            out.fixed(value);
        }
    }

    private void filling(Filling filling) {
        out.count(filling.bucket());
        expressions.grid(filling.grid());
        optional(filling.fromNanos());
        optional(filling.toNanos());
        expressions.all(filling.columns());
        out.list(filling.modes(), expressions::mode);
        out.count(filling.listed().size());
        filling.listed().forEach(group -> out.list(group, expressions::constant));
        expressions.optional(filling.whereBefore());
    }
}
