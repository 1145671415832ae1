package io.tsdb.loadgen.report;

import java.util.ArrayList;
import java.util.List;

/// A table in plain text: the first column to the left, the others to the right.
public final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(String... header) {
        row(header);
    }

    /// Adds a row; a short one is filled up.
    public void row(String... cells) {
        rows.add(List.of(cells));
    }

    public List<List<String>> rows() {
        return List.copyOf(rows);
    }

    /// As Markdown-like text with aligned columns.
    public String text() {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int c = 0; c < row.size(); c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            for (int c = 0; c < columns; c++) {
                String cell = c < rows.get(r).size() ? rows.get(r).get(c) : "";
                String padding = " ".repeat(widths[c] - cell.length());
                text.append(c == 0 ? "| " : " | ").append(c == 0 ? cell + padding : padding + cell);
            }
            text.append(" |\n");
            if (r == 0) {
                for (int c = 0; c < columns; c++) {
                    text.append(c == 0 ? "|" : "")
                            .append("-".repeat(widths[c] + (c == 0 ? 2 : 1)))
                            .append(c == 0 ? "|" : ":|");
                }
                text.append('\n');
            }
        }
        return text.toString();
    }
}
