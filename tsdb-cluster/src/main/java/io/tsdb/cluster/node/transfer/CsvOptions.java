package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.Nullable;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the user says about a CSV file. What is not said is guessed, see [CsvGuess].
public final class CsvOptions {
    final Path file;
    final Map<String, CsvMapping.Role> roles = new LinkedHashMap<>();
    final Map<String, String> constants = new LinkedHashMap<>();
    final Set<String> absentWords = new HashSet<>();
    @Nullable Character delimiter;
    @Nullable Charset encoding;
    Optional<Character> decimal = Optional.empty();
    List<String> names = List.of();
    int skippedLines;
    String measurement = "";
    String timeColumn = "";
    String timeUnit = "auto";
    ZoneId zone = ZoneOffset.UTC;
    boolean isZoneSaid;
    Optional<DateTimeFormatter> timePattern = Optional.empty();
    CsvMapping.@Nullable TimeSource steps;
    boolean areTagsSaid;

    public CsvOptions(Path file) {
        this.file = file;
    }

    public void delimiter(char character) {
        delimiter = character;
    }

    /// @param name such as `latin1` or `windows-1252`
    public void encoding(String name) {
        try {
            encoding = Charset.forName(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("encoding '" + name + "' is not known", e);
        }
    }

    /// The character between the whole and the rest of a number, in every column.
    public void decimal(char character) {
        if (character != '.' && character != ',') {
            throw new IllegalArgumentException("--decimal is . or ,");
        }
        decimal = Optional.of(character);
    }

    /// The file has no header line: its columns have these names.
    public void columns(List<String> columnNames) {
        names = List.copyOf(columnNames);
    }

    /// Lines before the header, or before the first row where there is none.
    public void skipLines(int count) {
        skippedLines = count;
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

    /// @param pattern such as `dd.MM.yyyy HH:mm`
    public void timeFormat(String pattern) {
        try {
            timePattern = Optional.of(TimeText.formatter(pattern));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--time-format '" + pattern + "': " + e.getMessage(), e);
        }
    }

    /// Of times that name none.
    public void zone(String name) {
        try {
            zone = ZoneId.of(name);
            isZoneSaid = true;
        } catch (java.time.DateTimeException e) {
            throw new IllegalArgumentException("time zone '" + name + "' is not known", e);
        }
    }

    /// Times are not in the file: the first one and the step between rows.
    public void steps(String start, long stepNanos) {
        steps = new CsvMapping.TimeSource.Steps(TimeText.of("auto").nanos(start), stepNanos);
    }

    /// The tags are these: no other column is guessed to be one.
    public void tag(String column) {
        roles.put(column, CsvMapping.Role.TAG);
        areTagsSaid = true;
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

    /// A word that says the same as an empty cell.
    public void absent(String word) {
        absentWords.add(word);
    }

    /// The file as lines.
    ///
    /// @throws IllegalArgumentException what does not fit, and which option says otherwise
    /// @throws java.io.IOException a fault of the file, and its line
    LineSource open() throws java.io.IOException {
        CsvScan scan = CsvScan.of(this);
        return new CsvFile(scan, new CsvGuess(scan).mapping());
    }

    /// @param marked the encoding that the file says by its first bytes; UTF-8 without
    Charset encoding(Charset marked) {
        Charset said = encoding;
        return said == null || !marked.equals(StandardCharsets.UTF_8) ? marked : said;
    }
}
