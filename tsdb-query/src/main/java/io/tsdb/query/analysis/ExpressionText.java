package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Aggregate;
import io.tsdb.query.analysis.BoundExpression.And;
import io.tsdb.query.analysis.BoundExpression.Arithmetic;
import io.tsdb.query.analysis.BoundExpression.Bucket;
import io.tsdb.query.analysis.BoundExpression.Call;
import io.tsdb.query.analysis.BoundExpression.Case;
import io.tsdb.query.analysis.BoundExpression.Cast;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Failing;
import io.tsdb.query.analysis.BoundExpression.Field;
import io.tsdb.query.analysis.BoundExpression.Filled;
import io.tsdb.query.analysis.BoundExpression.InList;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.BoundExpression.IsNull;
import io.tsdb.query.analysis.BoundExpression.Like;
import io.tsdb.query.analysis.BoundExpression.Not;
import io.tsdb.query.analysis.BoundExpression.Or;
import io.tsdb.query.analysis.BoundExpression.Regex;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.analysis.BoundExpression.Time;
import io.tsdb.query.analysis.BoundExpression.WindowCall;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.aggregate.AggregateFunction;
import io.tsdb.query.function.aggregate.DistinctAggregate;
import io.tsdb.query.function.aggregate.OrderedAggregate;
import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.query.function.scalar.WallClock;
import io.tsdb.query.function.window.AggregateOverWindow;
import io.tsdb.storage.model.Uint64;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Expressions as text, as a reader of the statement knows them, and with the numbers of columns
/// for `EXPLAIN`. Two that differ may read alike.
public final class ExpressionText {
    private static final ExpressionText PLAIN = new ExpressionText(false);
    private static final ExpressionText NUMBERED = new ExpressionText(true);
    private static final int LITERAL_LENGTH_MAX = 200;

    private final boolean isNumbered;

    private ExpressionText(boolean isNumbered) {
        this.isNumbered = isNumbered;
    }

    /// For errors, and for names.
    public static String of(BoundExpression expression) {
        return PLAIN.text(expression);
    }

    /// For plans: a column of the input below has its number behind its name.
    public static String inPlan(BoundExpression expression) {
        return NUMBERED.text(expression);
    }

    /// What stands in the parentheses behind `OVER`, for plans.
    public static String inPlan(WindowSpec window) {
        return NUMBERED.window(window);
    }

    private String text(BoundExpression expression) {
        return switch (expression) {
            case Constant constant -> constant(constant);
            case Failing(_, _, String text, _) -> "error(" + quoted(text) + ")";
            case Time _ -> "time";
            case Tag(String name, _) -> name(name);
            case Field(String name, _, _) -> name(name);
            case Input(int index, _, String name, _) -> isNumbered ? name + "#" + index : name;
            case Call c -> c.function().name() + "(" + list(c.arguments()) + ")";
            case Bucket(TimeGrid grid, BoundExpression operand) -> bucket(grid, text(operand));
            case Case c -> ofCase(c);
            case Arithmetic a ->
                    "("
                            + text(a.left())
                            + " "
                            + a.operator().symbol()
                            + " "
                            + text(a.right())
                            + ")";
            case Comparison c ->
                    "("
                            + text(c.left())
                            + " "
                            + c.operator().symbol()
                            + " "
                            + text(c.right())
                            + ")";
            case And(List<BoundExpression> operands) -> joined(operands, " AND ");
            case Or(List<BoundExpression> operands) -> joined(operands, " OR ");
            case Not(BoundExpression operand) -> "NOT " + text(operand);
            case IsNull(BoundExpression operand, boolean negated) ->
                    text(operand) + (negated ? " IS NOT NULL" : " IS NULL");
            case InList(BoundExpression operand, List<Constant> values, boolean negated) ->
                    text(operand) + (negated ? " NOT IN (" : " IN (") + list(values) + ")";
            case Like(BoundExpression operand, String pattern, boolean anyCase, boolean negated) ->
                    text(operand)
                            + (negated ? " NOT" : "")
                            + (anyCase ? " ILIKE " : " LIKE ")
                            + quoted(pattern);
            case Regex(BoundExpression operand, String pattern, boolean negated) ->
                    text(operand) + (negated ? " !~ " : " ~ ") + quoted(pattern);
            case Cast(BoundExpression operand, ColumnType type, boolean tries, _) ->
                    (tries ? "TRY_CAST(" : "CAST(") + text(operand) + " AS " + type.sqlName() + ")";
            case Filled f ->
                    (f.mode() instanceof FillMode.Linear ? "interpolate(" : "locf(")
                            + text(f.operand())
                            + ")";
            case Aggregate a -> aggregate(a.function(), a.arguments());
            case WindowCall w -> window(w);
        };
    }

    private String ofCase(Case c) {
        var text = new StringBuilder("CASE");
        for (int i = 0; i < c.conditions().size(); i++) {
            text.append(" WHEN ").append(text(c.conditions().get(i)));
            text.append(" THEN ").append(text(c.results().get(i)));
        }
        return text.append(" ELSE ").append(text(c.results().getLast())).append(" END").toString();
    }

    private String aggregate(
            AggregateFunction function, List<? extends BoundExpression> arguments) {
        BoundExpression argument = arguments.getFirst();
        String name = function.name();
        boolean isAnything =
                argument instanceof Time || argument instanceof Constant(_, Boolean value) && value;
        if (name.equals("count") && isAnything) {
            return "count(*)";
        }
        if (function instanceof OrderedAggregate of) {
            return ordered(of, "", arguments);
        }
        if (function instanceof DistinctAggregate(OrderedAggregate of)) {
            return ordered(of, "DISTINCT ", arguments);
        }
        String distinct = " distinct";
        return name.endsWith(distinct)
                ? name.substring(0, name.length() - distinct.length())
                        + "(DISTINCT "
                        + list(arguments)
                        + function.parameterText()
                        + ")"
                : name + "(" + list(arguments) + function.parameterText() + ")";
    }

    private String ordered(
            OrderedAggregate function, String distinct, List<? extends BoundExpression> arguments) {
        return function.of().name()
                + "("
                + distinct
                + text(arguments.getFirst())
                + function.parameterText()
                + " ORDER BY "
                + text(arguments.getLast())
                + (function.descending() ? " DESC" : "")
                + (function.nullsFirst() ? " NULLS FIRST" : "")
                + ")";
    }

    private String window(WindowCall w) {
        String call =
                w.function() instanceof AggregateOverWindow a
                        ? aggregate(a.aggregate(), w.arguments())
                        : w.function().name() + "(" + list(w.arguments()) + ")";
        return call + " OVER (" + window(w.window()) + ")";
    }

    private String window(WindowSpec window) {
        var parts = new ArrayList<String>();
        if (!window.partitionBy().isEmpty()) {
            parts.add("PARTITION BY " + list(window.partitionBy()));
        }
        if (!window.orderBy().isEmpty()) {
            parts.add(
                    "ORDER BY "
                            + window.orderBy().stream()
                                    .map(
                                            o ->
                                                    text(o.expression())
                                                            + (o.descending() ? " DESC" : "")
                                                            + (o.nullsFirst()
                                                                    ? " NULLS FIRST"
                                                                    : ""))
                                    .collect(Collectors.joining(", ")));
        }
        Frame frame = window.frame();
        if (frame != null) {
            parts.add(frame.text());
        }
        return String.join(" ", parts);
    }

    private String joined(List<BoundExpression> operands, String word) {
        return operands.stream().map(this::text).collect(Collectors.joining(word, "(", ")"));
    }

    private String list(List<? extends BoundExpression> expressions) {
        return expressions.stream().map(this::text).collect(Collectors.joining(", "));
    }

    private static String constant(Constant constant) {
        Object value = constant.value();
        if (value == null) {
            return "NULL";
        }
        return switch (constant.type()) {
            case STRING -> quoted(value.toString());
            case TIMESTAMP -> quoted(time((Long) value));
            case UINT64 -> Uint64.toText((Long) value);
            case INT64, FLOAT64, BOOL -> value.toString();
        };
    }

    /// A time in RFC 3339 form with as many decimals as it needs.
    public static String time(long nanos) {
        return Instant.ofEpochSecond(
                        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L))
                .toString();
    }

    /// A call that makes the same buckets: a message may tell to write it.
    private static String bucket(TimeGrid grid, String operand) {
        WallClock clock = grid.clock();
        long origin = clock == null ? grid.origin() : clock.toTime(grid.origin());
        return "time_bucket('"
                + width(grid)
                + "', "
                + operand
                + (isUsual(grid) ? "" : ", '" + time(origin) + "'")
                + (clock == null ? "" : ", '" + clock.zone() + "'")
                + ")";
    }

    private static boolean isUsual(TimeGrid grid) {
        return grid.origin()
                == (grid.widthMonths() > 0
                        ? TimeGrid.DEFAULT_MONTH_ORIGIN
                        : TimeGrid.DEFAULT_ORIGIN);
    }

    private static String width(TimeGrid grid) {
        return grid.widthMonths() > 0 ? grid.widthMonths() + "mo" : width(grid.widthNanos());
    }

    /// Width, and origin and time zone where they are not the usual ones.
    public static String grid(TimeGrid grid) {
        WallClock clock = grid.clock();
        return "'"
                + width(grid)
                + (isUsual(grid) ? "'" : "' from '" + time(grid.origin()) + "'")
                + (clock == null ? "" : " in '" + clock.zone() + "'");
    }

    private static String width(long nanos) {
        long[] sizes = {86_400_000_000_000L, 3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L};
        String[] units = {"d", "h", "m", "s"};
        for (int i = 0; i < sizes.length; i++) {
            if (nanos % sizes[i] == 0) {
                return nanos / sizes[i] + units[i];
            }
        }
        return nanos + "ns";
    }

    private static String name(String name) {
        boolean plain =
                name.matches("[\\p{L}_][\\p{L}\\p{Nd}_]*") && !name.matches("(?i)true|false|null");
        return plain ? name : "\"" + name.replace("\"", "\"\"") + "\"";
    }

    /// Longer ones are cut: a parameter may have a million characters.
    private static String quoted(String text) {
        if (text.length() > LITERAL_LENGTH_MAX) {
            return quoted(text.substring(0, LITERAL_LENGTH_MAX)) + "…";
        }
        return "'" + text.replace("'", "''") + "'";
    }
}
