package io.tsdb.query.function.aggregate;

import io.tsdb.query.column.ColumnType;
import io.tsdb.storage.model.Uint64;

/// The rows of one group that have a value, in order.
final class GroupRows {
    private final ColumnType type;
    private final String[] texts;
    private final long[] times;
    private final long[] bits;
    private final int size;

    /// @param texts of a STRING, by what stands in `bits`
    /// @param times of rows `[0, size)`
    GroupRows(ColumnType type, String[] texts, long[] times, long[] bits, int size) {
        this.type = type;
        this.texts = texts;
        this.times = times;
        this.bits = bits;
        this.size = size;
    }

    int size() {
        return size;
    }

    ColumnType type() {
        return type;
    }

    long time(int row) {
        return times[row];
    }

    long bits(int row) {
        return bits[row];
    }

    String text(int row) {
        return texts[(int) bits[row]];
    }

    boolean isSame(int a, int b) {
        return type == ColumnType.FLOAT64 ? number(a) == number(b) : bits[a] == bits[b];
    }

    /// Behind the last of the rows from `from` on that have the same value.
    int runEnd(int from) {
        int to = from + 1;
        while (to < size && bits[to] == bits[from]) {
            to++;
        }
        return to;
    }

    double number(int row) {
        return switch (type) {
            case FLOAT64 -> Double.longBitsToDouble(bits[row]);
            case UINT64 -> Uint64.toDouble(bits[row]);
            case INT64, TIMESTAMP, BOOL -> bits[row];
            case STRING -> throw new IllegalStateException("BUG: a text is no number");
        };
    }

    /// `a - b`, exact before it is rounded.
    double difference(int a, int b) {
        if (type == ColumnType.FLOAT64) {
            return number(a) - number(b);
        }
        long x = bits[a];
        long y = bits[b];
        long difference = x - y;
        boolean passes = ((x ^ y) & (x ^ difference)) < 0;
        return passes ? number(a) - number(b) : difference;
    }

    /// Seconds from one row to another.
    double seconds(int from, int to) {
        long nanos = times[to] - times[from];
        return (nanos < 0 ? (double) times[to] - times[from] : nanos) / 1e9;
    }
}
