package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;
import java.util.List;

/// Count, means, sums of squared distances and of products of distances of pairs, merged as Chan,
/// Golub and LeVeque do. Rows count where both are there. State: these, in this order.
final class CoMoments implements Accumulator {
    static final List<ColumnType> STATE_TYPES =
            List.of(
                    ColumnType.INT64,
                    ColumnType.FLOAT64,
                    ColumnType.FLOAT64,
                    ColumnType.FLOAT64,
                    ColumnType.FLOAT64,
                    ColumnType.FLOAT64);

    private static final int SLOT_BYTES = 48;
    private static final int SUMS = 5;

    /// What is made of the moments of pairs (x, y); NaN for nothing.
    @FunctionalInterface
    interface Measure {
        double of(long count, double meanX, double meanY, double xx, double yy, double xy);
    }

    private final Measure measure;
    private final MemoryAccount memory;
    private ColumnVector[] more = {};
    private long[] counts = {};
    private final double[][] sums = new double[SUMS][0];

    CoMoments(Measure measure, MemoryAccount memory) {
        this.measure = measure;
        this.memory = memory;
    }

    @Override
    public void ensureSlots(int count) {
        if (count > counts.length) {
            int capacity = SlotArrays.capacity(count, counts.length, SLOT_BYTES, memory);
            counts = Arrays.copyOf(counts, capacity);
            for (int i = 0; i < SUMS; i++) {
                sums[i] = Arrays.copyOf(sums[i], capacity);
            }
        }
    }

    @Override
    public void setMore(ColumnVector[] arguments) {
        more = arguments;
    }

    private void add(int slot, ColumnVector values, int row) {
        if (values.isPresent(row) && more[0].isPresent(row)) {
            merge(slot, 1, values.doubles()[row], more[0].doubles()[row], 0, 0, 0);
        }
    }

    private void merge(
            int slot, long count, double meanX, double meanY, double xx, double yy, double xy) {
        long before = counts[slot];
        long total = before + count;
        double share = (double) count / total;
        double deltaX = meanX - sums[0][slot];
        double deltaY = meanY - sums[1][slot];
        // the first ones are taken as they are: an infinity less 0 times something is no number
        sums[0][slot] = before == 0 ? meanX : sums[0][slot] + deltaX * share;
        sums[1][slot] = before == 0 ? meanY : sums[1][slot] + deltaY * share;
        double weight = before * share;
        sums[2][slot] += xx + (before == 0 ? 0 : deltaX * deltaX * weight);
        sums[3][slot] += yy + (before == 0 ? 0 : deltaY * deltaY * weight);
        sums[4][slot] += xy + (before == 0 ? 0 : deltaX * deltaY * weight);
        counts[slot] = total;
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
        for (int i = 0; i < SUMS; i++) {
            System.arraycopy(sums[i], from, state[i + 1].doubles(), 0, count);
        }
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
                        state[3].doubles()[i],
                        state[4].doubles()[i],
                        state[5].doubles()[i]);
            }
        }
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        result.setAllPresent();
        for (int i = 0; i < count; i++) {
            int slot = from + i;
            double value =
                    counts[slot] == 0
                            ? Double.NaN
                            : measure.of(
                                    counts[slot],
                                    sums[0][slot],
                                    sums[1][slot],
                                    sums[2][slot],
                                    sums[3][slot],
                                    sums[4][slot]);
            if (Double.isNaN(value)) {
                result.setNull(i);
            } else {
                result.doubles()[i] = value;
            }
        }
    }
}
