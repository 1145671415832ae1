package io.tsdb.cluster.node.transfer;

import io.tsdb.cluster.node.transfer.CsvCell.Kind;
import io.tsdb.cluster.node.transfer.CsvMapping.Role;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Makes a [CsvMapping] from what the user said and, for the rest, from what is in the file. Every
/// guess is put into words. The rules: `docs/csv.md`. Pure.
final class CsvGuess {
    private static final Set<String> TIME_NAMES =
            Set.of("time", "timestamp", "datetime", "date", "ts", "_time");

    /// So many distinct texts are names, however few rows there are.
    private static final int TAG_VALUES_FEW = 100;

    /// Above so many rows, an id that hardly repeats is a number of the row.
    private static final int ROW_NUMBERS_MIN = 1000;

    private final CsvScan scan;
    private final CsvOptions options;
    private final List<CsvColumn> columns;
    private final List<Role> roles = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();

    /// @param words what the file was taken for
    record Guessed(CsvMapping mapping, List<String> words) {}

    CsvGuess(CsvScan scan) {
        this.scan = scan;
        this.options = scan.options();
        this.columns = scan.columns();
    }

    /// @throws IllegalArgumentException what does not fit, and which option says otherwise
    Guessed mapping() {
        options.roles.keySet().forEach(this::requireColumn);
        if (scan.typed().isPresent()) {
            return typed(scan.typed().get());
        }
        List<CsvColumn> times = timeColumns();
        CsvMapping.TimeSource steps = options.steps;
        CsvMapping.TimeSource source =
                steps == null ? new CsvMapping.TimeSource.Column(timeText(times)) : steps;
        for (CsvColumn column : columns) {
            Role said = options.roles.get(column.name());
            reasons.add("");
            roles.add(times.contains(column) ? Role.TIME : said != null ? said : guess(column));
        }
        tellRowsApart();
        var result = new ArrayList<CsvMapping.Column>();
        for (int i = 0; i < columns.size(); i++) {
            result.add(mapped(columns.get(i), roles.get(i)));
        }
        var mapping =
                new CsvMapping(name(), result, options.constants, source, options.absentWords);
        return new Guessed(mapping, words(mapping, times));
    }

    /// The header says it all; options still go before it.
    private Guessed typed(List<CsvMapping.Column> header) {
        var result = new ArrayList<CsvMapping.Column>();
        for (CsvMapping.Column column : header) {
            Role said = options.roles.get(column.name());
            result.add(CsvMapping.Column.of(column.name(), said == null ? column.role() : said));
        }
        var source =
                new CsvMapping.TimeSource.Column(
                        new TimeText(options.timeUnit, options.zone, options.timePattern));
        return new Guessed(
                new CsvMapping(name(), result, options.constants, source, options.absentWords),
                List.of());
    }

    private CsvMapping.Column mapped(CsvColumn column, Role role) {
        boolean commas =
                role.isNumber()
                        && (options.decimal.isPresent()
                                ? options.decimal.get() == ','
                                : column.count(Kind.DECIMAL_COMMA) > 0
                                        && column.count(Kind.DECIMAL) == 0);
        boolean absent =
                column.isAll(
                                Kind.WHOLE,
                                Kind.UNSIGNED,
                                Kind.LARGE,
                                Kind.DECIMAL,
                                Kind.DECIMAL_COMMA,
                                Kind.AMBIGUOUS_COMMA)
                        || column.isAll(Kind.BOOL);
        return new CsvMapping.Column(column.name(), role, commas, absent);
    }

    private String name() {
        if (!options.measurement.isEmpty()) {
            return options.measurement;
        }
        String name = String.valueOf(options.file.getFileName());
        return name.replaceAll("(?i)(\\.csv)?(\\.gz)?$", "");
    }

    // ---- time

    private List<CsvColumn> timeColumns() {
        if (options.steps != null) {
            return List.of();
        }
        if (!options.timeColumn.isEmpty()) {
            return List.of(requireColumn(options.timeColumn));
        }
        for (CsvColumn column : columns) {
            boolean named = TIME_NAMES.contains(column.name().toLowerCase(Locale.ROOT));
            boolean free = !options.roles.containsKey(column.name());
            if (free && (named && !column.isClocks() || column.isTimes())) {
                return withClock(column);
            }
        }
        throw new IllegalArgumentException(
                "no column looks like a time ("
                        + columns.stream().map(CsvColumn::name).collect(Collectors.joining(", "))
                        + "): name it with --time COLUMN[:unit], or give times"
                        + " with --start TIME --step DURATION");
    }

    /// A date and the time of day in the column behind it are one time.
    private List<CsvColumn> withClock(CsvColumn column) {
        int next = columns.indexOf(column) + 1;
        boolean joined = column.isDates() && next < columns.size() && columns.get(next).isClocks();
        return joined ? List.of(column, columns.get(next)) : List.of(column);
    }

    private TimeText timeText(List<CsvColumn> times) {
        CsvColumn column = times.getFirst();
        String unit = options.timeUnit;
        if (unit.equals("auto") && column.sizeMax() > 0) {
            unit = TimeText.unitOf(BigDecimal.valueOf(column.sizeMax()));
            String least = TimeText.unitOf(BigDecimal.valueOf(column.sizeMin()));
            if (!unit.equals(least)) {
                throw new IllegalArgumentException(
                        "the times of column '"
                                + column.name()
                                + "' look like "
                                + least
                                + " and like "
                                + unit
                                + ": say which with --time "
                                + column.name()
                                + ":"
                                + unit);
            }
        }
        return new TimeText(unit, options.zone, options.timePattern);
    }

    // ---- what a column is

    private Role guess(CsvColumn column) {
        if (column.name().isEmpty()) {
            return because("has no name", Role.SKIP);
        }
        if (column.values() == 0) {
            return because("has no values", Role.SKIP);
        }
        if (column.isAll(Kind.BOOL)) {
            return Role.BOOL;
        }
        boolean isWhole = column.isAll(Kind.WHOLE);
        boolean isText =
                !column.isAll(
                        Kind.WHOLE,
                        Kind.UNSIGNED,
                        Kind.LARGE,
                        Kind.DECIMAL,
                        Kind.DECIMAL_COMMA,
                        Kind.AMBIGUOUS_COMMA);
        if ((isWhole || isText) && column.isNamedAsId() && !options.areTagsSaid) {
            if (column.areNames() && !isRowNumber(column)) {
                return because("its name", Role.TAG);
            }
            return because(
                    "a value of its own in nearly each row", isText ? Role.STRING : Role.INT);
        }
        if (isWhole) {
            return Role.INT;
        }
        if (column.isAll(Kind.WHOLE, Kind.UNSIGNED) && !column.hasNegatives()) {
            return Role.UINT;
        }
        return isText ? text(column) : number(column);
    }

    private Role because(String reason, Role role) {
        reasons.set(reasons.size() - 1, reason);
        return role;
    }

    private boolean isRowNumber(CsvColumn column) {
        return column.distinct() > CsvColumn.DISTINCT_MAX && !repeatsOften(column)
                || column.values() >= ROW_NUMBERS_MIN && column.distinct() * 2L > column.values();
    }

    private static boolean repeatsOften(CsvColumn column) {
        return column.distinct() * 10L <= column.values()
                && column.distinct() <= CsvColumn.DISTINCT_MAX;
    }

    private Role text(CsvColumn column) {
        long numbers = column.values() - column.count(Kind.TEXT) - column.count(Kind.BOOL);
        if (column.count(Kind.THOUSANDS) > 0 && column.count(Kind.TEXT) == 0) {
            throw new IllegalArgumentException(
                    "column '"
                            + column.name()
                            + "' has marks between thousands: "
                            + column.example(Kind.THOUSANDS)
                            + "; take them out of the file, or read it as text with --field "
                            + column.name()
                            + ":string");
        }
        if (options.areTagsSaid) {
            return Role.STRING;
        }
        if (!column.areNames()) {
            return because("texts that no tag can have", Role.STRING);
        }
        boolean few = column.distinct() <= TAG_VALUES_FEW || repeatsOften(column);
        String mixed =
                numbers > column.count(Kind.TEXT)
                        ? ", not a number: " + column.example(Kind.TEXT)
                        : "";
        return few
                ? because(column.distinct() + " different texts" + mixed, Role.TAG)
                : because("many different texts" + mixed, Role.STRING);
    }

    private Role number(CsvColumn column) {
        boolean commas = column.count(Kind.DECIMAL_COMMA) > 0;
        if (options.decimal.isEmpty()) {
            if (commas && column.count(Kind.DECIMAL) > 0) {
                throw new IllegalArgumentException(
                        "column '"
                                + column.name()
                                + "' has decimal points ("
                                + column.example(Kind.DECIMAL)
                                + ") and decimal commas ("
                                + column.example(Kind.DECIMAL_COMMA)
                                + "): it needs one of them");
            }
            if (!commas && column.count(Kind.AMBIGUOUS_COMMA) > 0) {
                throw new IllegalArgumentException(
                        "column '"
                                + column.name()
                                + "': "
                                + column.example(Kind.AMBIGUOUS_COMMA)
                                + " can be read in two ways; with --decimal , it is a decimal"
                                + " comma, and marks between thousands must be taken out of the"
                                + " file");
            }
        } else if (options.decimal.get() == '.'
                && (commas || column.count(Kind.AMBIGUOUS_COMMA) > 0)) {
            throw new IllegalArgumentException(
                    "column '"
                            + column.name()
                            + "' has commas in its numbers: "
                            + column.example(commas ? Kind.DECIMAL_COMMA : Kind.AMBIGUOUS_COMMA)
                            + "; --decimal . forbids them");
        }
        return commas
                ? because("decimal commas", Role.FLOAT)
                : column.count(Kind.LARGE) + column.count(Kind.UNSIGNED) > 0
                        ? because(
                                "whole numbers beyond 64 bits lose digits: "
                                        + column.example(
                                                column.count(Kind.LARGE) > 0
                                                        ? Kind.LARGE
                                                        : Kind.UNSIGNED),
                                Role.FLOAT)
                        : Role.FLOAT;
    }

    // ---- rows that would fall together

    /// When rows of the sample have the same tags and time, a column of few values that tells them
    /// all apart is a tag.
    private void tellRowsApart() {
        int together = together(-1);
        if (together == 0 || options.areTagsSaid) {
            return;
        }
        int best = -1;
        for (int i = 0; i < columns.size(); i++) {
            boolean candidate =
                    (roles.get(i) == Role.INT || roles.get(i) == Role.STRING)
                            && !options.roles.containsKey(columns.get(i).name())
                            && columns.get(i).areNames()
                            && hasOtherField(i)
                            && together(i) == 0;
            if (candidate
                    && (best < 0 || columns.get(i).distinct() < columns.get(best).distinct())) {
                best = i;
            }
        }
        if (best >= 0) {
            roles.set(best, Role.TAG);
            reasons.set(
                    best,
                    columns.get(best).distinct()
                            + " values; without it "
                            + together
                            + " of "
                            + scan.sample().size()
                            + " rows would fall together with others");
        }
    }

    private boolean hasOtherField(int column) {
        for (int i = 0; i < roles.size(); i++) {
            if (i != column && roles.get(i).isField()) {
                return true;
            }
        }
        return false;
    }

    /// Rows of the sample that have the series and time of an earlier one.
    ///
    /// @param moreTag a column to count as a tag, -1 for none
    private int together(int moreTag) {
        if (options.steps != null) {
            return 0;
        }
        Set<List<String>> seen = new HashSet<>();
        int together = 0;
        for (List<String> row : scan.sample()) {
            var key = new ArrayList<String>();
            for (int i = 0; i < row.size(); i++) {
                if (roles.get(i) == Role.TIME || roles.get(i) == Role.TAG || i == moreTag) {
                    key.add(row.get(i));
                }
            }
            together += seen.add(key) ? 0 : 1;
        }
        return together;
    }

    private CsvColumn requireColumn(String name) {
        for (CsvColumn column : columns) {
            if (column.name().equals(name)) {
                return column;
            }
        }
        throw new IllegalArgumentException(
                "the file has no column '"
                        + name
                        + "'; it has "
                        + columns.stream().map(CsvColumn::name).collect(Collectors.joining(", ")));
    }

    // ---- in words

    private List<String> words(CsvMapping mapping, List<CsvColumn> times) {
        var words = new ArrayList<String>();
        if (scan.isDelimiterGuessed() && scan.delimiter() != ',') {
            words.add("delimiter: " + DelimiterGuess.shown(scan.delimiter()));
        }
        words.add("measurement: " + mapping.measurement());
        words.add("time: " + timeWords(mapping.time(), times));
        say(words, "tags: ", Role.TAG);
        var fields = new ArrayList<String>();
        for (int i = 0; i < columns.size(); i++) {
            if (roles.get(i).isField()) {
                fields.add(
                        columns.get(i).name()
                                + " "
                                + roles.get(i).word()
                                + reason(i)
                                + absentWords(mapping.columns().get(i), columns.get(i)));
            }
        }
        words.add("fields: " + String.join(", ", fields));
        say(words, "left out: ", Role.SKIP);
        return words;
    }

    private static String absentWords(CsvMapping.Column mapped, CsvColumn column) {
        long absent = mapped.hasAbsentWords() ? column.count(Kind.ABSENT) : 0;
        return absent == 0
                ? ""
                : " (" + absent + " cells without a value, " + column.example(Kind.ABSENT) + ")";
    }

    private void say(List<String> words, String what, Role role) {
        var names = new ArrayList<String>();
        for (int i = 0; i < columns.size(); i++) {
            if (roles.get(i) == role) {
                String name = columns.get(i).name();
                names.add((name.isEmpty() ? "column " + (i + 1) : name) + reason(i));
            }
        }
        if (!names.isEmpty()) {
            words.add(what + String.join(", ", names));
        }
    }

    private String reason(int column) {
        return reasons.get(column).isEmpty() ? "" : " (" + reasons.get(column) + ")";
    }

    private String timeWords(CsvMapping.TimeSource source, List<CsvColumn> times) {
        return switch (source) {
            case CsvMapping.TimeSource.Column(TimeText form) -> {
                String names =
                        times.stream().map(CsvColumn::name).collect(Collectors.joining(" and "));
                @Nullable String how = null;
                if (times.getFirst().sizeMax() > 0 && form.pattern().isEmpty()) {
                    how = "numbers, " + form.unit();
                } else if (options.isZoneSaid) {
                    how = "of " + form.zone() + " where they name no zone";
                } else if (times.getFirst().hasTimesWithoutZone() || form.pattern().isPresent()) {
                    how = "without a zone, read as UTC; else --zone";
                }
                yield how == null ? names : names + " (" + how + ")";
            }
            case CsvMapping.TimeSource.Steps(long start, long step) ->
                    "from " + java.time.Instant.EPOCH.plusNanos(start) + ", step " + step + " ns";
        };
    }
}
