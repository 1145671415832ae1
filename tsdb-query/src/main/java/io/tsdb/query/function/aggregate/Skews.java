package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;
import java.util.List;

/// Count, mean, and sums of squared and cubed distances from it, merged as Pébay does. State:
/// these.
///
/// @see <a href="https://www.osti.gov/servlets/purl/1028931">Pébay, 2008</a>
final class Skews implements Accumulator {
    static final List<ColumnType> STATE_TYPES =
            List.of(ColumnType.INT64, ColumnType.FLOAT64, ColumnType.FLOAT64, ColumnType.FLOAT64);

    private static final int SLOT_BYTES = 32;

    private final ColumnType type;
    private final MemoryAccount memory;
    private long[] counts = {};
    private double[] means = {};
    private double[] squares = {};
    private double[] cubes = {};

    Skews(ColumnType type, MemoryAccount memory) {
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
            cubes = Arrays.copyOf(cubes, capacity);
        }
    }

    private void add(int slot, ColumnVector values, int row) {
        if (values.isPresent(row)) {
            merge(
                    slot,
                    1,
                    switch (type) {
                        case FLOAT64 -> values.doubles()[row];
                        case UINT64 -> Uint64.toDouble(values.longs()[row]);
                        default -> values.longs()[row];
                    },
                    0,
                    0);
        }
    }

    private void merge(int slot, long count, double mean, double square, double cube) {
        double a = counts[slot];
        double b = count;
        if (counts[slot] == 0) {
            means[slot] = mean;
            squares[slot] = square;
            cubes[slot] = cube;
        } else {
            double n = a + b;
            double delta = mean - means[slot];
            cubes[slot] +=
                    cube
                            + delta * delta * delta * a * b * (a - b) / (n * n)
                            + 3 * delta * (a * square - b * squares[slot]) / n;
            squares[slot] += square + delta * delta * a * b / n;
            means[slot] += delta * b / n;
        }
        counts[slot] += count;
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        for (int i = from; i < to; i++) {
            add(slot, values, i);
        }
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        for (int i = 0; i < count; i++) {
            add(slots[i], values, i);
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        return statistics.count() == 0;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        System.arraycopy(counts, from, state[0].longs(), 0, count);
        System.arraycopy(means, from, state[1].doubles(), 0, count);
        System.arraycopy(squares, from, state[2].doubles(), 0, count);
        System.arraycopy(cubes, from, state[3].doubles(), 0, count);
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
            double n = counts[from + i];
            double square = squares[from + i];
            // of a sample, as DuckDB: nothing below three values or without any spread
            if (n < 3 || square <= 0) {
                result.setNull(i);
            } else {
                double skew = Math.sqrt(n) * cubes[from + i] / (square * Math.sqrt(square));
                result.doubles()[i] = skew * Math.sqrt(n * (n - 1)) / (n - 2);
            }
        }
    }
}
