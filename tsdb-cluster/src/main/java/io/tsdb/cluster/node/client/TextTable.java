package io.tsdb.cluster.node.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Rows as a table for a terminal: columns aligned, numbers to the right.
public final class TextTable {
    private static final int DECIMALS = 3;
    private static final String GAP = "  ";

    private TextTable() {}

    public static String of(SqlAnswer answer) {
        return rows(answer) + count(answer);
    }

    /// Without a line that counts the rows.
    public static String rows(SqlAnswer answer) {
        List<SqlAnswer.Column> columns = answer.columns();
        var widths = new int[columns.size()];
        var shown = new ArrayList<List<String>>();
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns.get(i).name().length();
        }
        for (List<String> row : answer.rows()) {
            var cells = new ArrayList<String>();
            for (int i = 0; i < widths.length; i++) {
                String cell = cell(row.get(i), columns.get(i));
                widths[i] = Math.max(widths[i], cell.length());
                cells.add(cell);
            }
            shown.add(cells);
        }
        var text = new StringBuilder();
        line(text, columns.stream().map(SqlAnswer.Column::name).toList(), widths, columns);
        for (int i = 0; i < widths.length; i++) {
            text.append(i == 0 ? "" : GAP).append("-".repeat(widths[i]));
        }
        text.append('\n');
        shown.forEach(cells -> line(text, cells, widths, columns));
        return text.toString();
    }

    private static String count(SqlAnswer answer) {
        int rows = answer.rows().size();
        return String.format(
                Locale.ROOT,
                "(%d %s, %.1f ms)\n",
                rows,
                rows == 1 ? "row" : "rows",
                answer.elapsedMillis());
    }

    private static String cell(String value, SqlAnswer.Column column) {
        if (!column.type().equals("float64") || value.isEmpty()) {
            return visible(value);
        }
        try {
            double number = Double.parseDouble(value);
            boolean plain = Math.abs(number) < 1e12 && (number == 0 || Math.abs(number) >= 1e-3);
            return plain ? String.format(Locale.ROOT, "%." + DECIMALS + "f", number) : value;
        } catch (NumberFormatException _) {
            return value;
        }
    }

    /// Control characters as escapes: a text out of the database moves no cursor and breaks no row.
    private static String visible(String value) {
        if (value.chars().noneMatch(Character::isISOControl)) {
            return value;
        }
        var text = new StringBuilder();
        value.chars()
                .forEach(
                        c -> {
                            switch (c) {
                                case '\n' -> text.append("\\n");
                                case '\r' -> text.append("\\r");
                                case '\t' -> text.append("\\t");
                                default -> {
                                    if (Character.isISOControl(c)) {
                                        text.append("\\x%02x".formatted(c));
                                    } else {
                                        text.append((char) c);
                                    }
                                }
                            }
                        });
        return text.toString();
    }

    private static void line(
            StringBuilder text, List<String> cells, int[] widths, List<SqlAnswer.Column> columns) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String blanks = " ".repeat(widths[i] - cells.get(i).length());
            boolean right = columns.get(i).isNumber();
            line.append(i == 0 ? "" : GAP)
                    .append(right ? blanks + cells.get(i) : cells.get(i) + blanks);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
