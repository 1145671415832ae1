package io.tsdb.loadgen.replay;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/// Points from a CSV file. An empty cell is an absent tag or field; numbers become floats, `true`
/// and `false` booleans, all else strings.
final class CsvLines implements RecordedLines {
    private final BufferedReader reader;
    private final CsvMapping mapping;
    private final List<String> columns;
    private final int timeColumn;
    private String text = "";
    private long nanos;
    private int valueCount;
    private long lineNumber = 1;

    CsvLines(BufferedReader reader, CsvMapping mapping) throws IOException {
        this.reader = reader;
        this.mapping = mapping;
        @Nullable String header = reader.readLine();
        columns = cells(header == null ? "" : header, 1);
        timeColumn = columns.indexOf(mapping.timeColumn());
        List<String> missing = new ArrayList<>(mapping.tagColumns());
        missing.add(mapping.timeColumn());
        missing.removeAll(columns);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "no column " + missing + "; the header has " + columns);
        }
    }

    /// Cells of one line.
    static List<String> cells(String line, long lineNumber) throws IOException {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        if (quoted) {
            throw new IOException("line " + lineNumber + " ends inside quotes: " + line);
        }
        cells.add(cell.toString());
        return cells;
    }

    @Override
    public boolean advance() throws IOException {
        for (@Nullable String line = reader.readLine(); line != null; line = reader.readLine()) {
            lineNumber++;
            if (!line.isBlank() && point(cells(line, lineNumber))) {
                return true;
            }
        }
        return false;
    }

    /// @return false when the line has no field
    private boolean point(List<String> cells) throws IOException {
        if (cells.size() != columns.size()) {
            throw new IOException(
                    "line "
                            + lineNumber
                            + " has "
                            + cells.size()
                            + " cells, the header "
                            + columns.size());
        }
        StringBuilder line = new StringBuilder(escape(mapping.measurement(), ", "));
        for (String tag : mapping.tagColumns()) {
            String value = cells.get(columns.indexOf(tag)).strip();
            if (!value.isEmpty()) {
                line.append(',')
                        .append(escape(tag, ",= "))
                        .append('=')
                        .append(escape(value, ",= "));
            }
        }
        valueCount = 0;
        for (int c = 0; c < cells.size(); c++) {
            String value = cells.get(c).strip();
            if (c != timeColumn
                    && !value.isEmpty()
                    && !mapping.tagColumns().contains(columns.get(c))) {
                line.append(valueCount++ == 0 ? ' ' : ',')
                        .append(escape(columns.get(c), ",= "))
                        .append('=')
                        .append(field(value));
            }
        }
        text = line.toString();
        nanos = time(cells.get(timeColumn).strip());
        return valueCount > 0;
    }

    private static String field(String value) {
        if (value.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
            return value.startsWith("+") ? value.substring(1) : value;
        }
        if (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false")) {
            return value.substring(0, 1).toLowerCase(java.util.Locale.ROOT);
        }
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String escape(String text, String special) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (special.indexOf(text.charAt(i)) >= 0) {
                escaped.append('\\');
            }
            escaped.append(text.charAt(i));
        }
        return escaped.toString();
    }

    private long time(String value) throws IOException {
        try {
            if (value.matches("-?\\d{1,19}")) {
                return Math.multiplyExact(Long.parseLong(value), mapping.precision().nanos());
            }
            OffsetDateTime at = OffsetDateTime.parse(value.replace(' ', 'T'));
            return at.toEpochSecond() * 1_000_000_000L + at.getNano();
        } catch (ArithmeticException | DateTimeException e) {
            throw new IOException(
                    "line " + lineNumber + ": '" + value + "' is no time: RFC 3339 or a number is",
                    e);
        }
    }

    @Override
    public String text() {
        return text;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public int valueCount() {
        return valueCount;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
