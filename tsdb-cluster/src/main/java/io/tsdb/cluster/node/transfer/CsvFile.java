package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A CSV file as lines of line protocol. An empty cell is an absent value.
final class CsvFile implements LineSource {
    private final FileText text;
    private final CsvReader records;
    private final CsvMapping mapping;
    private long rows;

    /// @param skipHeader whether the first record names the columns
    CsvFile(Path file, CsvMapping mapping, char delimiter, boolean skipHeader) throws IOException {
        this.text = FileText.open(file);
        this.records = new CsvReader(text.reader(), delimiter);
        this.mapping = mapping;
        if (skipHeader) {
            records.next();
        }
        if (mapping.columns().size() == 1) {
            records.countEmptyLines();
        }
    }

    @Override
    public boolean next(StringBuilder target) throws IOException {
        while (true) {
            @Nullable List<String> cells = records.next();
            if (cells == null) {
                return false;
            }
            if (cells.size() != mapping.columns().size()) {
                throw new IOException(
                        "line "
                                + records.recordLine()
                                + ": "
                                + cells.size()
                                + " cells, the file has "
                                + mapping.columns().size()
                                + " columns");
            }
            int from = target.length();
            try {
                if (write(target, cells)) {
                    return true;
                }
            } catch (IllegalArgumentException e) {
                throw new IOException("line " + records.recordLine() + ": " + e.getMessage(), e);
            }
            target.setLength(from);
        }
    }

    /// @return false when the row has no field
    private boolean write(StringBuilder out, List<String> cells) {
        LineEscapes.measurement(out, mapping.measurement());
        mapping.constantTags().forEach((key, value) -> tag(out, key, value));
        String time = "";
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            if (mapping.roles().get(i) == CsvMapping.Role.TAG && !cell.isEmpty()) {
                tag(out, mapping.columns().get(i), cell);
            } else if (mapping.roles().get(i) == CsvMapping.Role.TIME) {
                time = cell;
            }
        }
        char before = ' ';
        for (int i = 0; i < cells.size(); i++) {
            CsvMapping.Role role = mapping.roles().get(i);
            if (role.isField() && !cells.get(i).isEmpty()) {
                out.append(before);
                before = ',';
                LineEscapes.name(out, mapping.columns().get(i));
                out.append('=');
                field(out, role, cells.get(i).strip(), mapping.columns().get(i));
            }
        }
        long row = rows++;
        if (before == ' ') {
            return false;
        }
        out.append(' ').append(nanos(time, row)).append('\n');
        return true;
    }

    private long nanos(String time, long row) {
        return switch (mapping.time()) {
            case CsvMapping.TimeSource.Column(String unit) -> TimeText.nanos(time, unit);
            case CsvMapping.TimeSource.Steps(long start, long step) ->
                    Math.addExact(start, Math.multiplyExact(row, step));
        };
    }

    private static void tag(StringBuilder out, String key, String value) {
        out.append(',');
        LineEscapes.name(out, key);
        out.append('=');
        LineEscapes.name(out, value);
    }

    private static void field(StringBuilder out, CsvMapping.Role role, String cell, String column) {
        switch (role) {
            case INT -> out.append(number(cell, column, "a whole number", "-?[0-9]+")).append('i');
            case FLOAT ->
                    out.append(
                            number(
                                    cell,
                                    column,
                                    "a number",
                                    "-?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?"));
            case BOOL -> out.append(bool(cell, column));
            case STRING -> LineEscapes.string(out, cell);
            case TIME, TAG, SKIP ->
                    throw new IllegalStateException("BUG: " + role + " is no field");
        }
    }

    private static String number(String cell, String column, String what, String form) {
        if (!cell.matches(form)) {
            throw new IllegalArgumentException(
                    "column '" + column + "': '" + cell + "' is not " + what);
        }
        return cell;
    }

    private static String bool(String cell, String column) {
        return switch (cell.toLowerCase(java.util.Locale.ROOT)) {
            case "true", "t", "1", "yes" -> "true";
            case "false", "f", "0", "no" -> "false";
            default ->
                    throw new IllegalArgumentException(
                            "column '" + column + "': '" + cell + "' is neither true nor false");
        };
    }

    @Override
    public long lineNumber() {
        return records.recordLine();
    }

    @Override
    public long bytesRead() {
        return text.bytesRead();
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
