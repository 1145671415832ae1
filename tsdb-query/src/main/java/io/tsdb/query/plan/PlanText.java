package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.ExpressionText;
import io.tsdb.query.analysis.FillMode;
import io.tsdb.query.analysis.Filling;
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
import io.tsdb.storage.model.TimeRange;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Plans as `EXPLAIN` shows them: a line per node, inputs indented below; what runs at the shards
/// is under `at each shard`.
public final class PlanText {
    private final Notes notes;
    private final List<String> lines = new ArrayList<>();

    private PlanText(Notes notes) {
        this.notes = notes;
    }

    /// What is said of a node besides.
    public interface Notes {
        /// Behind its line.
        String behind(Plan plan);

        /// Lines below it.
        List<String> below(Plan plan);
    }

    private static final Notes NONE =
            new Notes() {
                @Override
                public String behind(Plan plan) {
                    return "";
                }

                @Override
                public List<String> below(Plan plan) {
                    return List.of();
                }
            };

    public static List<String> lines(Plan plan) {
        return lines(plan, NONE);
    }

    public static List<String> lines(Plan plan, Notes notes) {
        var text = new PlanText(notes);
        text.add(plan, "", text.lines);
        return text.lines;
    }

    private void add(Plan plan, String indent, List<String> to) {
        int first = to.size();
        addNode(plan, indent, to);
        to.set(first, to.get(first) + notes.behind(plan));
        notes.below(plan).forEach(line -> to.add(indent + "  " + line));
    }

    private void addNode(Plan plan, String indent, List<String> lines) {
        switch (plan) {
            case Gather(Fragment fragment) -> {
                lines.add(indent + "gather rows");
                addFragment(fragment, indent + "  ", lines);
            }
            case MergeGroups(Fragment.Groups fragment) -> {
                lines.add(indent + "merge groups");
                addFragment(fragment, indent + "  ", lines);
            }
            case MergeLatest(Fragment.Latest fragment) -> {
                lines.add(indent + "merge newest rows");
                addFragment(fragment, indent + "  ", lines);
            }
            case SingleRow() -> lines.add(indent + "one row");
            case Values(_, var rows) -> lines.add(indent + rows.size() + " rows of constants");
            case Scan(ScanSpec spec) -> addScan(spec, indent, lines);
            case Latest(Scan input, List<String> tags) ->
                    addWithInput("newest row by " + String.join(", ", tags), input, indent, lines);
            case Aggregate(Plan input, var keys, var aggregates, _) ->
                    addWithInput(
                            (keys.isEmpty() ? "one group" : "group by " + list(keys))
                                    + (aggregates.isEmpty() ? "" : ": " + list(aggregates)),
                            input,
                            indent,
                            lines);
            case Fill fill -> addFill(fill, indent, lines);
            case Window(Plan input, var calls) ->
                    addWithInput("window " + list(calls), input, indent, lines);
            case Union(List<Plan> inputs) -> {
                lines.add(indent + "one after the other");
                inputs.forEach(input -> add(input, indent + "  ", lines));
            }
            case Matched(Plan left, Plan right, boolean isIntersection, boolean all) -> {
                lines.add(
                        indent
                                + (isIntersection ? "rows of both" : "rows of the first alone")
                                + (all ? ", counted" : ""));
                add(left, indent + "  ", lines);
                add(right, indent + "  ", lines);
            }
            case Join join -> addJoin(join, indent, lines);
            case Asof asof -> addAsof(asof, indent, lines);
            case WindowJoin w -> addWindowJoin(w, indent, lines);
            case Filter(Plan input, BoundExpression condition) ->
                    addWithInput(
                            "filter " + ExpressionText.inPlan(condition), input, indent, lines);
            case Project(Plan input, List<BoundExpression> expressions) ->
                    addWithInput("project " + list(expressions), input, indent, lines);
            case Distinct(Plan input) -> addWithInput("distinct", input, indent, lines);
            case Sort(Plan input, List<SortKey> keys, long limit) ->
                    addWithInput(
                            "sort by "
                                    + keys(keys)
                                    + (limit < Long.MAX_VALUE ? ", keep first " + limit : ""),
                            input,
                            indent,
                            lines);
            case Limit(Plan input, long limit, long offset) ->
                    addWithInput(
                            "limit"
                                    + (limit < Long.MAX_VALUE ? " " + limit : "")
                                    + (offset > 0 ? " offset " + offset : ""),
                            input,
                            indent,
                            lines);
            case Cut(Plan input, int count) ->
                    addWithInput("keep first " + count + " columns", input, indent, lines);
        }
    }

    private void addJoin(Join join, String indent, List<String> lines) {
        var conditions = new ArrayList<String>();
        join.keys().forEach(key -> conditions.add(compared(key, "=")));
        BoundExpression residual = join.residual();
        if (residual != null) {
            conditions.add(ExpressionText.inPlan(residual));
        }
        lines.add(
                indent
                        + join.kind().name().toLowerCase(Locale.ROOT)
                        + " join"
                        + (conditions.isEmpty()
                                ? " of every row with every row"
                                : " on " + String.join(" and ", conditions)));
        add(join.left(), indent + "  ", lines);
        add(join.right(), indent + "  ", lines);
    }

    private void addAsof(Asof asof, String indent, List<String> lines) {
        var conditions = new ArrayList<String>();
        asof.keys().forEach(key -> conditions.add(compared(key, "=")));
        conditions.add(compared(asof.order(), asof.operator().symbol()));
        Long tolerance = asof.tolerance();
        lines.add(
                indent
                        + "nearest row on "
                        + String.join(" and ", conditions)
                        + (tolerance == null ? "" : ", at most " + tolerance + " ns apart")
                        + (asof.keepsLeft() ? ", or NULLs" : ""));
        add(asof.left(), indent + "  ", lines);
        add(asof.right(), indent + "  ", lines);
    }

    private void addWindowJoin(WindowJoin w, String indent, List<String> lines) {
        var conditions = new ArrayList<String>();
        w.keys().forEach(key -> conditions.add(compared(key, "=")));
        conditions.add(
                "right "
                        + ExpressionText.inPlan(w.order().right())
                        + " from "
                        + w.from()
                        + " to "
                        + w.to()
                        + " ns around "
                        + ExpressionText.inPlan(w.order().left()));
        lines.add(
                indent
                        + "window join on "
                        + String.join(" and ", conditions)
                        + (w.withPrevailing() ? ", or the newest before" : "")
                        + ": "
                        + list(w.aggregates()));
        add(w.left(), indent + "  ", lines);
        add(w.right(), indent + "  ", lines);
    }

    private static String compared(Plan.JoinKey sides, String operator) {
        return ExpressionText.inPlan(sides.left())
                + " "
                + operator
                + " right "
                + ExpressionText.inPlan(sides.right());
    }

    private void addFill(Fill fill, String indent, List<String> lines) {
        Filling filling = fill.filling();
        Long from = filling.fromNanos();
        Long to = filling.toNanos();
        var range =
                new TimeRange(
                        from == null ? Long.MIN_VALUE : from, to == null ? Long.MAX_VALUE : to);
        addWithInput(
                "fill buckets of "
                        + ExpressionText.grid(filling.grid())
                        + " in "
                        + range(range)
                        + filling.modes().stream()
                                .map(mode -> " " + mode(mode))
                                .collect(Collectors.joining(",", ":", "")),
                fill.input(),
                indent,
                lines);
        Plan before = fill.before();
        if (before != null) {
            lines.add(indent + "  before the range, where a value is missing at its start:");
            add(before, indent + "    ", lines);
        }
    }

    private static String mode(FillMode mode) {
        return switch (mode) {
            case FillMode.Null() -> "null";
            case FillMode.Previous() -> "previous";
            case FillMode.Next() -> "next";
            case FillMode.Linear() -> "linear";
            case FillMode.Value(var value) -> ExpressionText.of(value);
        };
    }

    private void addWithInput(String line, Plan input, String indent, List<String> lines) {
        lines.add(indent + line);
        add(input, indent + "  ", lines);
    }

    private static void addFragment(Fragment fragment, String indent, List<String> lines) {
        lines.add(indent + "at each shard:");
        String inner = indent + "  ";
        switch (fragment) {
            case Fragment.Rows f -> {
                if (f.limit() < Long.MAX_VALUE) {
                    String sorted = f.sort().isEmpty() ? "" : " by " + keys(f.sort());
                    lines.add(inner + "first " + f.limit() + sorted);
                }
                lines.add(inner + "rows " + list(f.outputs()));
                addScan(f.scan(), inner, lines);
            }
            case Fragment.Groups f -> addGroups(f, inner, lines);
            case Fragment.Latest f -> {
                lines.add(inner + "newest row by " + String.join(", ", f.tags()));
                lines.add(inner + "rows " + list(f.outputs()));
                addScan(f.scan(), inner, lines);
            }
            case Fragment.TagValues(_, String measurement, String tag) ->
                    lines.add(inner + "values of tag " + tag + " in " + measurement);
            case Fragment.Series(_, String measurement) ->
                    lines.add(inner + "series of " + measurement);
            case Fragment.Cardinality(_, String measurement) ->
                    lines.add(inner + "cardinality of " + measurement);
            case Fragment.ValueCounts(_, String measurement, String tag, _) ->
                    lines.add(inner + "series by value of " + tag + " of " + measurement);
        }
    }

    private static void addGroups(Fragment.Groups f, String inner, List<String> lines) {
        lines.add(
                inner
                        + (f.keys().isEmpty() ? "one group" : "group by " + list(f.keys()))
                        + (f.aggregates().isEmpty() ? "" : ": " + list(f.aggregates())));
        Fragment.OuterBuckets outer = f.outerBuckets();
        if (outer != null) {
            lines.add(
                    inner
                            + (outer.newest() ? "newest " : "oldest ")
                            + outer.count()
                            + " buckets only");
        }
        if (f.newestFirst()) {
            lines.add(inner + "newest blocks first, until each series is decided");
        }
        addScan(f.scan(), inner, lines);
    }

    private static void addScan(ScanSpec scan, String indent, List<String> lines) {
        BoundExpression filter = scan.filter();
        if (filter != null) {
            lines.add(indent + "filter " + ExpressionText.inPlan(filter));
        }
        BoundExpression series = scan.series();
        lines.add(
                indent
                        + "scan "
                        + scan.measurement()
                        + " time "
                        + range(scan.range())
                        + " series "
                        + (series == null ? "all" : ExpressionText.inPlan(series)));
    }

    private static String range(TimeRange range) {
        if (range.fromNanos() == range.toNanos()) {
            return "none";
        }
        String from =
                range.fromNanos() == Long.MIN_VALUE ? "" : ExpressionText.time(range.fromNanos());
        String to = range.toNanos() == Long.MAX_VALUE ? "" : ExpressionText.time(range.toNanos());
        return from.isEmpty() && to.isEmpty() ? "all" : "[" + from + ", " + to + ")";
    }

    private static String list(List<? extends BoundExpression> expressions) {
        return expressions.stream().map(ExpressionText::inPlan).collect(Collectors.joining(", "));
    }

    private static String keys(List<SortKey> keys) {
        return keys.stream()
                .map(
                        key ->
                                "column "
                                        + (key.column() + 1)
                                        + (key.descending() ? " desc" : "")
                                        + (key.nullsFirst() ? " nulls first" : ""))
                .collect(Collectors.joining(", "));
    }
}
