package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Makes a [CsvMapping] from what the user said and, for the rest, from the head of the file: the
/// first time-like column is the time; a column of whole numbers is an int field, of numbers a
/// float field, of true and false a bool field; other text is a tag.
public final class CsvGuess {
    private static final int SAMPLE_ROWS = 1000;

    private final Path file;
    private char delimiter = ',';
    private boolean header = true;
    private List<String> names = List.of();
    private String measurement = "";
    private String timeColumn = "";
    private String timeUnit = "auto";
    private CsvMapping.@Nullable TimeSource steps;
    private final Map<String, CsvMapping.Role> roles = new LinkedHashMap<>();
    private final Map<String, String> constants = new LinkedHashMap<>();

    public CsvGuess(Path file) {
        this.file = file;
    }

    public void delimiter(char character) {
        delimiter = character;
    }

    /// The file has no header line: its columns have these names.
    public void columns(List<String> columnNames) {
        header = false;
        names = List.copyOf(columnNames);
    }

    public void measurement(String name) {
        measurement = name;
    }

    /// @param column name, or `name:unit`
    public void time(String column) {
        int colon = column.lastIndexOf(':');
        timeColumn = colon < 0 ? column : column.substring(0, colon);
        timeUnit = colon < 0 ? "auto" : column.substring(colon + 1);
    }

    /// Times are not in the file: the first one and the step between rows.
    public void steps(String start, long stepNanos) {
        steps = new CsvMapping.TimeSource.Steps(TimeText.nanos(start, "auto"), stepNanos);
    }

    public void tag(String column) {
        roles.put(column, CsvMapping.Role.TAG);
    }

    /// @param column name, or `name:type`
    public void field(String column) {
        int colon = column.lastIndexOf(':');
        if (colon < 0) {
            roles.put(column, CsvMapping.Role.FLOAT);
        } else {
            roles.put(
                    column.substring(0, colon),
                    CsvMapping.Role.ofType(column.substring(colon + 1)));
        }
    }

    public void skip(String column) {
        roles.put(column, CsvMapping.Role.SKIP);
    }

    public void constantTag(String key, String value) {
        constants.put(key, value);
    }

    /// The file as lines.
    ///
    /// @throws IllegalArgumentException what does not fit, and which option says otherwise
    LineSource open() throws IOException {
        return new CsvFile(file, mapping(), delimiter, header);
    }

    private CsvMapping mapping() throws IOException {
        FileText text = FileText.open(file);
        try {
            var records = new CsvReader(text.reader(), delimiter);
            List<String> columns = names;
            if (header) {
                List<String> first = records.next();
                if (first == null) {
                    throw new IllegalArgumentException(file + " is empty");
                }
                columns = first.stream().map(String::strip).toList();
            }
            var sample = new ArrayList<List<String>>();
            for (List<String> row = records.next();
                    row != null && sample.size() < SAMPLE_ROWS;
                    row = records.next()) {
                sample.add(row);
            }
            return mapping(columns, sample);
        } finally {
            text.close();
        }
    }

    private CsvMapping mapping(List<String> columns, List<List<String>> sample) {
        for (String named : roles.keySet()) {
            requireColumn(columns, named);
        }
        String time = timeColumn(columns, sample);
        var result = new ArrayList<CsvMapping.Role>();
        for (int i = 0; i < columns.size(); i++) {
            String column = columns.get(i);
            if (column.equals(time)) {
                result.add(CsvMapping.Role.TIME);
            } else {
                CsvMapping.Role said = roles.get(column);
                result.add(said == null ? guess(sample, i) : said);
            }
        }
        CsvMapping.TimeSource source =
                steps == null ? new CsvMapping.TimeSource.Column(timeUnit) : steps;
        return new CsvMapping(name(), columns, result, constants, source);
    }

    private String name() {
        if (!measurement.isEmpty()) {
            return measurement;
        }
        String name = String.valueOf(file.getFileName());
        return name.replaceAll("(?i)(\\.csv)?(\\.gz)?$", "");
    }

    private String timeColumn(List<String> columns, List<List<String>> sample) {
        if (steps != null) {
            return "";
        }
        if (!timeColumn.isEmpty()) {
            requireColumn(columns, timeColumn);
            return timeColumn;
        }
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.get(i).toLowerCase(Locale.ROOT);
            boolean named = name.equals("time") || name.equals("timestamp") || name.equals("date");
            if (named || !sample.isEmpty() && TimeText.looksLikeTime(cell(sample.getFirst(), i))) {
                return columns.get(i);
            }
        }
        throw new IllegalArgumentException(
                "no column of "
                        + file
                        + " looks like a time: name it with --time COLUMN[:unit], or give times"
                        + " with --start TIME --step DURATION");
    }

    private void requireColumn(List<String> columns, String name) {
        if (!columns.contains(name)) {
            throw new IllegalArgumentException(
                    file + " has no column '" + name + "'; it has " + String.join(", ", columns));
        }
    }

    private static CsvMapping.Role guess(List<List<String>> sample, int column) {
        boolean whole = true;
        boolean number = true;
        boolean bool = true;
        boolean any = false;
        for (List<String> row : sample) {
            String cell = cell(row, column).strip();
            if (!cell.isEmpty()) {
                any = true;
                whole &= cell.matches("-?[0-9]{1,18}");
                number &= cell.matches("-?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
                bool &= cell.equalsIgnoreCase("true") || cell.equalsIgnoreCase("false");
            }
        }
        if (!any) {
            return CsvMapping.Role.STRING;
        }
        if (bool) {
            return CsvMapping.Role.BOOL;
        }
        return whole ? CsvMapping.Role.INT : number ? CsvMapping.Role.FLOAT : CsvMapping.Role.TAG;
    }

    private static String cell(List<String> row, int column) {
        return column < row.size() ? row.get(column) : "";
    }
}
