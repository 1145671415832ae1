package io.tsdb.storage.parquet;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.ColumnStatistics;

import org.jspecify.annotations.Nullable;

/// Smallest and largest value of a page or a chunk, in Parquet's form. One thread.
///
/// Knows nothing when it met no value or a NaN, which has no place in Parquet's order.
final class ValueRange {
    private final FieldType type;
    private boolean empty;
    private boolean unordered;
    private long min;
    private long max;

    ValueRange(FieldType type) {
        this.type = type;
        clear();
    }

    void clear() {
        empty = true;
        unordered = false;
    }

    void include(ColumnStatistics statistics) {
        if (statistics.count() > 0) {
            if (type == FieldType.FLOAT64
                    && Double.isNaN(Double.longBitsToDouble(statistics.sumBits()))) {
                unordered = true;
            }
            include(statistics.minBits(), statistics.maxBits());
        }
    }

    void include(ValueRange other) {
        unordered |= other.unordered;
        if (!other.empty) {
            include(other.min, other.max);
        }
    }

    void include(long from, long to) {
        min = empty || isLess(from, min) ? from : min;
        max = empty || isLess(max, to) ? to : max;
        empty = false;
    }

    /// @return null when unknown
    byte @Nullable [] min() {
        return empty || unordered ? null : bytes(type == FieldType.FLOAT64 ? lowZero(min) : min);
    }

    /// @return null when unknown
    byte @Nullable [] max() {
        return empty || unordered ? null : bytes(type == FieldType.FLOAT64 ? highZero(max) : max);
    }

    private boolean isLess(long a, long b) {
        return type == FieldType.FLOAT64
                ? Double.compare(Double.longBitsToDouble(a), Double.longBitsToDouble(b)) < 0
                : a < b;
    }

    /// Parquet: a minimum of zero is written as -0.0, since readers may take both for equal.
    private static long lowZero(long bits) {
        return bits << 1 == 0 ? Long.MIN_VALUE : bits;
    }

    private static long highZero(long bits) {
        return bits << 1 == 0 ? 0 : bits;
    }

    private byte[] bytes(long value) {
        if (type == FieldType.BOOL) {
            return new byte[] {(byte) value};
        }
        long plain = type == FieldType.UINT64 ? Uint64.fold(value) : value;
        byte[] bytes = new byte[Long.BYTES];
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[i] = (byte) (plain >>> 8 * i);
        }
        return bytes;
    }
}
