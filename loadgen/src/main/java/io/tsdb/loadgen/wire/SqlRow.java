package io.tsdb.loadgen.wire;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;

/// One row of an answer; filled again for each row.
public final class SqlRow {
    /// What a cell holds.
    public enum Kind {
        NULL,
        INTEGER,
        FLOAT,
        BOOLEAN,
        STRING
    }

    private final Kind[] kinds;
    private final long[] integers;
    private final double[] floats;
    private final String[] strings;

    SqlRow(int columns) {
        kinds = new Kind[columns];
        integers = new long[columns];
        floats = new double[columns];
        strings = new String[columns];
        Arrays.fill(kinds, Kind.NULL);
        Arrays.fill(strings, "");
    }

    void set(int column, Kind kind, long integer, double number, String text) {
        kinds[column] = kind;
        integers[column] = integer;
        floats[column] = number;
        strings[column] = text;
    }

    public int columns() {
        return kinds.length;
    }

    public Kind kind(int column) {
        return kinds[column];
    }

    public boolean isNull(int column) {
        return kinds[column] == Kind.NULL;
    }

    /// An integer, or 0 and 1 for a boolean.
    public long integer(int column) {
        return integers[column];
    }

    /// A number of either kind.
    public double number(int column) {
        return kinds[column] == Kind.INTEGER ? integers[column] : floats[column];
    }

    /// A string, or the text of any other cell.
    public String text(int column) {
        return switch (kinds[column]) {
            case NULL -> "null";
            case INTEGER -> Long.toString(integers[column]);
            case FLOAT -> Double.toString(floats[column]);
            case BOOLEAN -> integers[column] == 0 ? "false" : "true";
            case STRING -> strings[column];
        };
    }

    /// A time, given as nanoseconds or as RFC 3339.
    ///
    /// @throws IllegalArgumentException when the cell is neither
    public long timeNanos(int column) {
        if (kinds[column] == Kind.INTEGER) {
            return integers[column];
        }
        try {
            Instant at = Instant.parse(strings[column]);
            return at.getEpochSecond() * 1_000_000_000L + at.getNano();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("'" + text(column) + "' is no time", e);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int c = 0; c < kinds.length; c++) {
            text.append(c == 0 ? "" : ", ").append(text(c));
        }
        return text.append(']').toString();
    }
}
