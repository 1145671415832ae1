package io.tsdb.query.sql;

import io.tsdb.query.sql.Query.FillKind;
import io.tsdb.query.sql.grammar.SqlParser.AlignmentContext;
import io.tsdb.query.sql.grammar.SqlParser.CalendarAlignmentContext;
import io.tsdb.query.sql.grammar.SqlParser.FillContext;
import io.tsdb.query.sql.grammar.SqlParser.FirstRowAlignmentContext;
import io.tsdb.query.sql.grammar.SqlParser.SampleByContext;
import io.tsdb.query.sql.grammar.SqlParser.SelectContext;
import io.tsdb.query.sql.grammar.SqlParser.ValueExpressionContext;

import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parse tree to syntax tree: `SAMPLE BY` and `FILL`.
final class SampleBuilder {
    /// Widths of QuestDB that durations have otherwise: `M` is a month there, `m` a minute.
    private static final Pattern FOREIGN_WIDTH = Pattern.compile("([0-9]+)([MTUn])");

    private final ExpressionBuilder expressions;

    SampleBuilder(ExpressionBuilder expressions) {
        this.expressions = expressions;
    }

    Query.SampleBy sampleBy(SampleByContext context) {
        CalendarAlignmentContext calendar = calendar(context.alignment());
        return new Query.SampleBy(
                ExpressionBuilder.position(context),
                width(context),
                value(context.from),
                value(context.to),
                calendar == null ? null : value(calendar.zone),
                calendar == null ? null : value(calendar.offset));
    }

    private static @Nullable CalendarAlignmentContext calendar(@Nullable AlignmentContext context) {
        return switch (context) {
            case null -> null;
            case CalendarAlignmentContext c -> c;
            case FirstRowAlignmentContext c ->
                    throw new QueryException(
                            QueryErrorCode.UNSUPPORTED,
                            ExpressionBuilder.position(c),
                            "buckets are aligned to the calendar, or start at SAMPLE BY 1h FROM"
                                    + " '2026-11-23T10:30:00Z'");
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private @Nullable Expression value(@Nullable ValueExpressionContext context) {
        return context == null ? null : expressions.value(context);
    }

    private Expression width(SampleByContext context) {
        Token foreign = context.foreignWidth;
        Position at = ExpressionBuilder.position(foreign == null ? context.width.start : foreign);
        String text = foreign == null ? context.width.getText() : foreign.getText();
        Matcher width = FOREIGN_WIDTH.matcher(text);
        if (width.matches()) {
            String unit =
                    switch (width.group(2)) {
                        case "M" -> "mo";
                        case "T" -> "ms";
                        case "U" -> "us";
                        default -> "ns";
                    };
            return ExpressionBuilder.interval(at, width.group(1) + unit);
        }
        return foreign == null
                ? expressions.value(context.width)
                : ExpressionBuilder.interval(at, text);
    }

    /// The `FILL` of a `SELECT`, which may stand behind `GROUP BY`, in `SAMPLE BY` or behind
    /// `HAVING`; null when there is none.
    Query.@Nullable Fill fill(SelectContext select) {
        var fills = new ArrayList<>(select.fill());
        if (select.sampleBy() != null && select.sampleBy().fill() != null) {
            fills.addFirst(select.sampleBy().fill());
        }
        if (fills.size() > 1) {
            throw new QueryException(
                    QueryErrorCode.SYNTAX_ERROR,
                    ExpressionBuilder.position(fills.get(1)),
                    "FILL stands there twice");
        }
        return fills.isEmpty() ? null : fill(fills.getFirst());
    }

    private Query.Fill fill(FillContext context) {
        var values = new ArrayList<Query.FillValue>();
        for (ValueExpressionContext value : context.valueExpression()) {
            values.add(fillValue(expressions.value(value)));
        }
        return new Query.Fill(ExpressionBuilder.position(context), values);
    }

    private static Query.FillValue fillValue(Expression value) {
        Position at = value.position();
        if (value instanceof Expression.NullLiteral) {
            return new Query.FillValue(at, FillKind.NULL, null);
        }
        if (value instanceof Expression.Name(_, String text, boolean quoted, _) && !quoted) {
            FillKind kind =
                    switch (text.toLowerCase(Locale.ROOT)) {
                        case "none" -> FillKind.NONE;
                        case "prev", "previous", "locf" -> FillKind.PREVIOUS;
                        case "next" -> FillKind.NEXT;
                        case "linear" -> FillKind.LINEAR;
                        default ->
                                throw new QueryException(
                                        QueryErrorCode.INVALID_VALUE,
                                        at,
                                        "FILL takes null, previous, next, linear, none or a value;"
                                                + " found '"
                                                + text
                                                + "'");
                    };
            return new Query.FillValue(at, kind, null);
        }
        return new Query.FillValue(at, FillKind.VALUE, value);
    }
}
