package io.tsdb.storage.codec;

/// What the choice of an encoding asks of a column: range of the values, range of their
/// differences, number of runs. Reused by its [ColumnEncoder].
final class ValueRange {
    long min;
    long max;
    long deltaMin;
    long deltaMax;

    /// Number of runs of equal values.
    int runs;

    /// One pass over a column.
    ///
    /// @param deltas receives the differences modulo 2^64, the first set to the second
    void measure(long[] values, int count, long[] deltas) {
        long low = values[0];
        long high = low;
        long deltaLow = count == 1 ? 0 : values[1] - low;
        long deltaHigh = deltaLow;
        int changes = 0;
        deltas[0] = deltaLow;
        for (int i = 1; i < count; i++) {
            long value = values[i];
            long delta = value - values[i - 1];
            deltas[i] = delta;
            low = Math.min(low, value);
            high = Math.max(high, value);
            deltaLow = Math.min(deltaLow, delta);
            deltaHigh = Math.max(deltaHigh, delta);
            changes += delta == 0 ? 0 : 1;
        }
        min = low;
        max = high;
        deltaMin = deltaLow;
        deltaMax = deltaHigh;
        runs = changes + 1;
    }
}
