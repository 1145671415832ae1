package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// What the cells of one column of a CSV file look like, all of them. One thread.
final class CsvColumn {
    /// Above so many distinct values they are no longer told apart.
    static final int DISTINCT_MAX = 10_000;

    /// Names of columns that say which one is meant, not how much.
    private static final Set<String> ID_WORDS =
            Set.of(
                    "id",
                    "device",
                    "sensor",
                    "host",
                    "hostname",
                    "name",
                    "node",
                    "machine",
                    "site",
                    "location",
                    "room",
                    "station",
                    "gateway",
                    "serial",
                    "mac",
                    "imei",
                    "uuid",
                    "asset",
                    "vehicle",
                    "truck",
                    "channel");

    private final String name;
    private final long[] counts = new long[CsvCell.Kind.values().length];
    private final @Nullable String[] examples = new String[counts.length];
    private final Set<String> distinct = new HashSet<>();
    private long times;
    private long dates;
    private long clocks;
    private long timesWithoutZone;
    private boolean areNames = true;
    private boolean hasNegatives;
    private double sizeMin = Double.MAX_VALUE;
    private double sizeMax;

    CsvColumn(String name) {
        this.name = name;
    }

    void add(String cell, long line) {
        String text = cell.strip();
        if (text.isEmpty()) {
            return;
        }
        CsvCell.Kind kind = CsvCell.kind(text);
        counts[kind.ordinal()]++;
        if (examples[kind.ordinal()] == null) {
            examples[kind.ordinal()] = LineEscapes.shown(text) + " on line " + line;
        }
        switch (kind) {
            case WHOLE, UNSIGNED, LARGE, DECIMAL -> {
                hasNegatives |= text.startsWith("-");
                double size = Math.abs(Double.parseDouble(text));
                if (size > 0) {
                    sizeMin = Math.min(sizeMin, size);
                    sizeMax = Math.max(sizeMax, size);
                }
            }
            case TEXT -> addText(cell, text);
            case DECIMAL_COMMA, AMBIGUOUS_COMMA, THOUSANDS, BOOL, ABSENT -> {}
        }
        if (distinct.size() <= DISTINCT_MAX) {
            distinct.add(cell);
        }
    }

    private void addText(String cell, String text) {
        if (TimeText.looksLikeTime(text)) {
            times++;
            dates += TimeText.looksLikeDate(text) ? 1 : 0;
            timesWithoutZone += TimeText.hasZone(text) ? 0 : 1;
        } else if (TimeText.looksLikeClock(text)) {
            clocks++;
        }
        areNames &= LineEscapes.isName(cell);
    }

    String name() {
        return name;
    }

    /// Cells that say something.
    long values() {
        long values = 0;
        for (CsvCell.Kind kind : CsvCell.Kind.values()) {
            values += kind == CsvCell.Kind.ABSENT ? 0 : count(kind);
        }
        return values;
    }

    long count(CsvCell.Kind kind) {
        return counts[kind.ordinal()];
    }

    /// The first cell of a kind, and its line, in words.
    String example(CsvCell.Kind kind) {
        return String.valueOf(examples[kind.ordinal()]);
    }

    /// Whether every value is of one of these kinds, and there is one.
    boolean isAll(CsvCell.Kind... kinds) {
        long count = 0;
        for (CsvCell.Kind kind : kinds) {
            count += count(kind);
        }
        return count > 0 && count == values();
    }

    boolean isTimes() {
        return times > 0 && times == values();
    }

    boolean isDates() {
        return dates > 0 && dates == values();
    }

    boolean isClocks() {
        return clocks > 0 && clocks == values();
    }

    boolean hasTimesWithoutZone() {
        return timesWithoutZone > 0;
    }

    boolean hasNegatives() {
        return hasNegatives;
    }

    /// Whether every text can be the value of a tag.
    boolean areNames() {
        return areNames;
    }

    /// Distinct values; one more than [#DISTINCT_MAX] for all that are more.
    int distinct() {
        return distinct.size();
    }

    /// The smallest and the largest number, without their signs and without zeros.
    double sizeMin() {
        return Math.min(sizeMin, sizeMax);
    }

    double sizeMax() {
        return sizeMax;
    }

    /// Whether the name says that the column tells things apart: `id`, `deviceId`, `host_name`.
    boolean isNamedAsId() {
        String[] words =
                name.strip()
                        .replaceAll("([a-z0-9])([A-Z])", "$1 $2")
                        .toLowerCase(Locale.ROOT)
                        .split("[^\\p{L}0-9]+");
        return words.length > 0
                && (ID_WORDS.contains(words[words.length - 1]) || words[0].equals("id"));
    }
}
