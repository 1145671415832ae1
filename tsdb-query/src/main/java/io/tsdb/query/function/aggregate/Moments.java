package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;
import java.util.List;

/// Count, mean and sum of squared distances from the mean, merged as Chan, Golub and LeVeque do.
///
/// Everything is computed of distances, so that it is as exact for a small spread around 1e15 as
/// around 0: the mean has a second part, which holds what the first one rounds away, and int64 and
/// uint64 (the latter as [io.tsdb.storage.model.Uint64] has them, 2^63 less each) are subtracted as
/// what they are. State: count, both parts of the mean, squares.
final class Moments implements Accumulator {
    static final List<ColumnType> STATE_TYPES =
            List.of(ColumnType.INT64, ColumnType.FLOAT64, ColumnType.FLOAT64, ColumnType.FLOAT64);

    private static final int SLOT_BYTES = 32;

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
    private double[] meanRests = {};
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
            meanRests = Arrays.copyOf(meanRests, capacity);
            squares = Arrays.copyOf(squares, capacity);
        }
    }

    /// The value, or the nearest float64 of it.
    private double valueOf(ColumnVector values, int row) {
        return type == ColumnType.FLOAT64 ? values.doubles()[row] : values.longs()[row];
    }

    /// What that lacks of the value.
    private double restOf(ColumnVector values, int row) {
        return type == ColumnType.FLOAT64 ? 0 : restOf(values.longs()[row]);
    }

    private static double restOf(long value) {
        double nearest = value;
        return nearest == 0x1p63
                ? (double) (value - Long.MAX_VALUE) - 1
                : (double) (value - (long) nearest);
    }

    private double distance(ColumnVector values, int row, int first) {
        if (type == ColumnType.FLOAT64) {
            return values.doubles()[row] - values.doubles()[first];
        }
        long a = values.longs()[row];
        long b = values.longs()[first];
        long difference = a - b;
        boolean passes = ((a ^ b) & (a ^ difference)) < 0;
        return passes ? (double) a - (double) b : difference;
    }

    private static int firstPresent(ColumnVector values, int from, int to) {
        int row = from;
        while (row < to - 1 && !values.isPresent(row)) {
            row++;
        }
        return row;
    }

    private void merge(int slot, long count, double mean, double meanRest, double square) {
        long before = counts[slot];
        long total = before + count;
        if (before == 0) {
            means[slot] = mean;
            meanRests[slot] = meanRest;
            squares[slot] = square;
        } else {
            double delta = mean - means[slot] + (meanRest - meanRests[slot]);
            double share = (double) count / total;
            moveMean(slot, delta * share);
            squares[slot] += square + delta * delta * (before * share);
        }
        counts[slot] = total;
    }

    private void moveMean(int slot, double step) {
        double before = means[slot];
        double moved = before + step;
        double rest = meanRests[slot] + DoubleKernels.rest(before, step, moved);
        means[slot] = moved + rest;
        meanRests[slot] = DoubleKernels.rest(moved, rest, means[slot]);
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        int count = PresenceBits.count(values, from, to);
        if (count == 0) {
            return;
        }
        // counted from the first value, so that equal values have no distance from their mean
        int first = firstPresent(values, from, to);
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values.isPresent(i) ? distance(values, i, first) : 0;
        }
        double step = sum / count;
        double square = 0;
        double left = 0;
        for (int i = from; i < to; i++) {
            double distance = values.isPresent(i) ? distance(values, i, first) - step : 0;
            square += distance * distance;
            left += distance;
        }
        double start = valueOf(values, first);
        double mean = start + step;
        double rest = DoubleKernels.rest(start, step, mean) + restOf(values, first);
        // distances from the rounded mean do not cancel out: what is left of them is taken off
        merge(slot, count, mean, rest, Math.max(0, square - left * left / count));
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                merge(slots[i], 1, valueOf(values, i), restOf(values, i), 0);
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        if (statistics.count() == 0) {
            return true;
        }
        if (statistics.minBits() != statistics.maxBits()) {
            return false;
        }
        long bits = statistics.minBits();
        if (type != ColumnType.FLOAT64) {
            merge(slot, statistics.count(), bits, restOf(bits), 0);
            return true;
        }
        double value = Double.longBitsToDouble(bits);
        if (Double.isFinite(value)) {
            merge(slot, statistics.count(), value, 0, 0);
        }
        return Double.isFinite(value);
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        System.arraycopy(counts, from, state[0].longs(), 0, count);
        System.arraycopy(means, from, state[1].doubles(), 0, count);
        System.arraycopy(meanRests, from, state[2].doubles(), 0, count);
        System.arraycopy(squares, from, state[3].doubles(), 0, count);
        for (ColumnVector column : state) {
            column.setAllPresent();
        }
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        for (int i = 0; i < count; i++) {
            long partial = state[0].longs()[i];
            if (partial > 0) {
                merge(
                        slots[i],
                        partial,
                        state[1].doubles()[i],
                        state[2].doubles()[i],
                        state[3].doubles()[i]);
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
                // where a value is no number, or infinite, so is its distance from the others
                result.doubles()[i] =
                        Double.isFinite(means[from + i])
                                ? measure.of(squares[from + i], values)
                                : Double.NaN;
            }
        }
    }
}
