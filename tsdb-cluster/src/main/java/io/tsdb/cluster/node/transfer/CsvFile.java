package io.tsdb.cluster.node.transfer;

import io.tsdb.storage.model.Uint64;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A CSV file as lines of line protocol; the dialect is `docs/csv.md`. One thread.
final class CsvFile implements LineSource {
    private final FileText text;
    private final CsvReader records;
    private final CsvMapping mapping;
    private final List<String> readAs;
    private final RowKeys keys = new RowKeys();
    private final StringBuilder line = new StringBuilder();
    private long rows;
    private long rowsWithoutFields;

    /// @param guess what the columns are, and what was guessed of it
    CsvFile(CsvScan scan, CsvGuess.Guessed guess) throws IOException {
        this.mapping = guess.mapping();
        this.readAs = guess.words();
        this.text = FileText.open(scan.options().file);
        this.records = CsvScan.reader(scan.options(), text, scan.delimiter());
        if (scan.options().names.isEmpty()) {
            records.next();
        }
        if (mapping.columns().size() == 1) {
            records.countEmptyLines();
        }
    }

    @Override
    public boolean next(LineBatch target) throws IOException {
        while (true) {
            @Nullable List<String> cells = records.next();
            if (cells == null) {
                return false;
            }
            CsvScan.checkSize(cells, mapping.columns().size(), records.recordLine());
            try {
                if (write(cells)) {
                    int from = target.size();
                    target.append(line.toString());
                    target.endLine(from, records.recordLine());
                    return true;
                }
            } catch (IllegalArgumentException e) {
                throw new IOException("line " + records.recordLine() + ": " + e.getMessage(), e);
            }
        }
    }

    /// @return false when the row has no field
    private boolean write(List<String> cells) {
        line.setLength(0);
        LineEscapes.measurement(line, mapping.measurement());
        mapping.constantTags().forEach(this::tag);
        for (int i = 0; i < cells.size(); i++) {
            CsvMapping.Column column = mapping.columns().get(i);
            if (column.role() == CsvMapping.Role.TAG && !isAbsent(column, cells.get(i), i)) {
                tag(column.name(), cells.get(i));
            }
        }
        int seriesEnd = line.length();
        char before = ' ';
        for (int i = 0; i < cells.size(); i++) {
            CsvMapping.Column column = mapping.columns().get(i);
            if (column.role().isField() && !isAbsent(column, cells.get(i), i)) {
                line.append(before);
                before = ',';
                LineEscapes.name(line, "the name of column", column.name());
                line.append('=');
                field(column, cells.get(i));
            }
        }
        long row = rows++;
        if (before == ' ') {
            rowsWithoutFields++;
            return false;
        }
        long nanos = nanos(cells, row);
        line.append(' ').append(nanos).append('\n');
        keys.add(line, 0, seriesEnd, nanos);
        return true;
    }

    /// An empty cell is absent, except `""` in a column of strings: that is the empty string.
    private boolean isAbsent(CsvMapping.Column column, String cell, int index) {
        if (mapping.absentWords().contains(cell)) {
            return true;
        }
        return switch (column.role()) {
            case STRING -> cell.isEmpty() && !records.isQuoted(index);
            case TAG -> cell.isEmpty();
            case INT, UINT, FLOAT, BOOL ->
                    cell.isBlank() || column.hasAbsentWords() && CsvCell.isAbsentWord(cell.strip());
            case TIME, SKIP -> true;
        };
    }

    private long nanos(List<String> cells, long row) {
        return switch (mapping.time()) {
            case CsvMapping.TimeSource.Column(TimeText form) -> form.nanos(timeCells(cells));
            case CsvMapping.TimeSource.Steps(long start, long step) ->
                    Math.addExact(start, Math.multiplyExact(row, step));
        };
    }

    private String timeCells(List<String> cells) {
        String time = "";
        for (int i = 0; i < cells.size(); i++) {
            if (mapping.columns().get(i).role() == CsvMapping.Role.TIME) {
                String cell = cells.get(i).strip();
                time = time.isEmpty() ? cell : time + " " + cell;
            }
        }
        if (time.isEmpty()) {
            throw new IllegalArgumentException("the row has no time");
        }
        return time;
    }

    private void tag(String key, String value) {
        line.append(',');
        LineEscapes.name(line, "tag key", key);
        line.append('=');
        LineEscapes.name(line, "tag " + key + " of value", value);
    }

    private void field(CsvMapping.Column column, String cell) {
        String value = column.role().isNumber() ? number(column, cell.strip()) : cell;
        switch (column.role()) {
            case INT -> {
                require(column, cell, CsvCell.kind(value), "a whole number", CsvCell.Kind.WHOLE);
                line.append(value).append('i');
            }
            case UINT -> {
                if (Uint64.parse(value).isEmpty()) {
                    throw refused(column, cell, "a whole number from 0 to 2^64 - 1", "");
                }
                line.append(value).append('u');
            }
            case FLOAT -> {
                require(
                        column,
                        cell,
                        CsvCell.kind(value),
                        "a number",
                        CsvCell.Kind.WHOLE,
                        CsvCell.Kind.UNSIGNED,
                        CsvCell.Kind.LARGE,
                        CsvCell.Kind.DECIMAL);
                line.append(value);
            }
            case BOOL -> line.append(bool(column, cell.strip()));
            case STRING -> LineEscapes.string(line, cell);
            case TIME, TAG, SKIP ->
                    throw new IllegalStateException("BUG: " + column + " is no field");
        }
    }

    /// A number as line protocol writes it, if it is one.
    private static String number(CsvMapping.Column column, String cell) {
        String value = cell.startsWith("+") ? cell.substring(1) : cell;
        if (column.decimalComma()) {
            // what has a point, too, must not become a number by it
            value = value.indexOf('.') < 0 ? value.replace(',', '.') : cell;
        }
        int sign = value.startsWith("-") ? 1 : 0;
        int at = sign;
        while (at + 1 < value.length()
                && value.charAt(at) == '0'
                && Character.isDigit(value.charAt(at + 1))) {
            at++;
        }
        return at == sign ? value : value.substring(0, sign) + value.substring(at);
    }

    private static void require(
            CsvMapping.Column column,
            String cell,
            CsvCell.Kind kind,
            String what,
            CsvCell.Kind... kinds) {
        for (CsvCell.Kind right : kinds) {
            if (kind == right) {
                return;
            }
        }
        String hint =
                switch (kind) {
                    case DECIMAL_COMMA, AMBIGUOUS_COMMA, THOUSANDS ->
                            "; numbers with decimal commas are read with --decimal ,";
                    case DECIMAL -> "; use --field " + column.name() + ":float";
                    case ABSENT -> "; a word for no value is named with --null " + cell.strip();
                    case UNSIGNED -> "; use --field " + column.name() + ":uint";
                    case WHOLE, LARGE, BOOL, TEXT -> "";
                };
        boolean large = kind == CsvCell.Kind.LARGE || kind == CsvCell.Kind.UNSIGNED;
        throw refused(column, cell, what + (large ? " of 64 bits" : ""), hint);
    }

    private static IllegalArgumentException refused(
            CsvMapping.Column column, String cell, String what, String hint) {
        return new IllegalArgumentException(
                "column '"
                        + column.name()
                        + "': "
                        + LineEscapes.shown(cell)
                        + " is not "
                        + what
                        + hint);
    }

    private static String bool(CsvMapping.Column column, String cell) {
        return switch (cell.toLowerCase(Locale.ROOT)) {
            case "true", "t", "1", "yes" -> "true";
            case "false", "f", "0", "no" -> "false";
            default ->
                    throw new IllegalArgumentException(
                            "column '"
                                    + column.name()
                                    + "': "
                                    + LineEscapes.shown(cell)
                                    + " is neither true nor false");
        };
    }

    @Override
    public List<String> readAs() {
        return readAs;
    }

    @Override
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        if (keys.repeated() > 0) {
            warnings.add(
                    (keys.isExact() ? "" : "about ")
                            + keys.repeated()
                            + " of "
                            + (rows - rowsWithoutFields)
                            + " rows fell together with an earlier row of the same tags and time;"
                            + " the later value stays. Is a column that tells them apart no tag?"
                            + " (--tags)");
        }
        if (rowsWithoutFields > 0) {
            warnings.add(rowsWithoutFields + " rows have no field value and were left out");
        }
        return warnings;
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
