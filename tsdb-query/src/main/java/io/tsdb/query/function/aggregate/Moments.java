package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;

/// Count, mean and sum of squared distances from the mean, merged as Chan, Golub and LeVeque do.
/// State: these three.
final class Moments implements Accumulator {
    private static final int SLOT_BYTES = 24;

    /// What is made of the moments.
    enum Measure {
        VARIANCE_OF_ALL,
        VARIANCE_OF_SAMPLE,
        DEVIATION_OF_ALL,
        DEVIATION_OF_SAMPLE;

        /// Values that it takes.
        int countMin() {
            return switch (this) {
                case VARIANCE_OF_ALL, DEVIATION_OF_ALL -> 1;
                case VARIANCE_OF_SAMPLE, DEVIATION_OF_SAMPLE -> 2;
            };
        }

        double of(double squares, long count) {
            return switch (this) {
                case VARIANCE_OF_ALL -> squares / count;
                case VARIANCE_OF_SAMPLE -> squares / (count - 1);
                case DEVIATION_OF_ALL -> Math.sqrt(squares / count);
                case DEVIATION_OF_SAMPLE -> Math.sqrt(squares / (count - 1));
            };
        }
    }

    private final Measure measure;
    private final ColumnType type;
    private final MemoryAccount memory;
    private long[] counts = {};
    private double[] means = {};
    private double[] squares = {};

    Moments(ColumnType type, Measure measure, MemoryAccount memory) {
        this.measure = measure;
        this.type = type;
        this.memory = memory;
    }

    @Override
    public void ensureSlots(int count) {
        if (count > counts.length) {
            int capacity = SlotArrays.capacity(count, counts.length, SLOT_BYTES, memory);
            counts = Arrays.copyOf(counts, capacity);
            means = Arrays.copyOf(means, capacity);
            squares = Arrays.copyOf(squares, capacity);
        }
    }

    private double valueOf(ColumnVector values, int row) {
        return switch (type) {
            case FLOAT64 -> values.doubles()[row];
            case UINT64 -> Uint64.toDouble(values.longs()[row]);
            case INT64, BOOL, STRING, TIMESTAMP -> values.longs()[row];
        };
    }

    private double firstOf(ColumnVector values, int from, int to) {
        int row = from;
        while (row < to - 1 && !values.isPresent(row)) {
            row++;
        }
        return valueOf(values, row);
    }

    private void merge(int slot, long count, double mean, double square) {
        long before = counts[slot];
        long total = before + count;
        double delta = mean - means[slot];
        if (before == 0) {
            means[slot] = mean;
            squares[slot] = square;
        } else {
            means[slot] += delta * count / total;
            squares[slot] += square + delta * delta * ((double) before * count / total);
        }
        counts[slot] = total;
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        int count = PresenceBits.count(values, from, to);
        if (count == 0) {
            return;
        }
        // counted from the first value, so that equal values have no distance from their mean
        double first = firstOf(values, from, to);
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values.isPresent(i) ? valueOf(values, i) - first : 0;
        }
        double mean = first + sum / count;
        double square = 0;
        for (int i = from; i < to; i++) {
            double distance = values.isPresent(i) ? valueOf(values, i) - mean : 0;
            square += distance * distance;
        }
        merge(slot, count, mean, square);
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                merge(slots[i], 1, valueOf(values, i), 0);
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        if (statistics.count() == 0) {
            return true;
        }
        double min =
                switch (type) {
                    case FLOAT64 -> Double.longBitsToDouble(statistics.minBits());
                    case UINT64 -> Uint64.toDouble(statistics.minBits());
                    case INT64, BOOL, STRING, TIMESTAMP -> statistics.minBits();
                };
        if (statistics.minBits() != statistics.maxBits() || !Double.isFinite(min)) {
            return false;
        }
        merge(slot, statistics.count(), min, 0);
        return true;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        System.arraycopy(counts, from, state[0].longs(), 0, count);
        System.arraycopy(means, from, state[1].doubles(), 0, count);
        System.arraycopy(squares, from, state[2].doubles(), 0, count);
        for (ColumnVector column : state) {
            column.setAllPresent();
        }
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        for (int i = 0; i < count; i++) {
            long partial = state[0].longs()[i];
            if (partial > 0) {
                merge(slots[i], partial, state[1].doubles()[i], state[2].doubles()[i]);
            }
        }
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        result.setAllPresent();
        for (int i = 0; i < count; i++) {
            long values = counts[from + i];
            if (values < measure.countMin()) {
                result.setNull(i);
            } else {
                result.doubles()[i] = measure.of(squares[from + i], values);
            }
        }
    }
}
