package io.tsdb.query.function.aggregate;

import io.tsdb.query.column.ColumnVector;
import io.tsdb.storage.model.Uint64;

import java.time.Instant;

/// Values of rows as results, and as text.
final class Values {
    private Values() {}

    static void set(GroupRows rows, int from, ColumnVector result, int row) {
        switch (rows.type()) {
            case FLOAT64 -> result.doubles()[row] = rows.number(from);
            case STRING -> TextResults.set(result, row, rows.text(from));
            case INT64, UINT64, TIMESTAMP, BOOL -> result.longs()[row] = rows.bits(from);
        }
    }

    /// A change a second; null where there is no time.
    static void setPerSecond(double change, double seconds, ColumnVector result, int row) {
        if (seconds > 0) {
            result.doubles()[row] = change / seconds;
        } else {
            result.setNull(row);
        }
    }

    /// As a cast to string has it, texts and times in quotes as JSON has them.
    static void append(GroupRows rows, int from, StringBuilder to) {
        switch (rows.type()) {
            case FLOAT64 -> to.append(rows.number(from));
            case STRING -> quote(rows.text(from), to);
            case INT64 -> to.append(rows.bits(from));
            case UINT64 -> to.append(Uint64.toText(rows.bits(from)));
            case BOOL -> to.append(rows.bits(from) != 0);
            case TIMESTAMP -> quote(time(rows.bits(from)), to);
        }
    }

    private static String time(long nanos) {
        return Instant.ofEpochSecond(
                        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L))
                .toString();
    }

    private static void quote(String text, StringBuilder to) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                to.append('\\').append(c);
            } else if (c < ' ') {
                to.append(String.format("\\u%04x", (int) c));
            } else {
                to.append(c);
            }
        }
        to.append('"');
    }
}
