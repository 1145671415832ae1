package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;

/// Smallest or largest values of FLOAT64 columns, NaN being the greatest. State: the value, null
/// without one.
final class DoubleExtremes implements Accumulator {
    private static final int SLOT_BYTES = 9;

    private final MemoryAccount memory;
    private final boolean largest;
    private double[] extremes = {};
    private boolean[] seen = {};

    DoubleExtremes(boolean largest, MemoryAccount memory) {
        this.memory = memory;
        this.largest = largest;
    }

    @Override
    public void ensureSlots(int count) {
        if (count > extremes.length) {
            int capacity = SlotArrays.capacity(count, extremes.length, SLOT_BYTES, memory);
            extremes = Arrays.copyOf(extremes, capacity);
            seen = Arrays.copyOf(seen, capacity);
        }
    }

    private void offer(int slot, double value) {
        double before = extremes[slot];
        if (!seen[slot]) {
            seen[slot] = true;
            extremes[slot] = value;
        } else {
            extremes[slot] =
                    largest ? Math.max(before, value) : DoubleKernels.smaller(before, value);
        }
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        double[] all = values.doubles();
        if (!values.allPresent()) {
            for (int i = from; i < to; i++) {
                if (values.isPresent(i)) {
                    offer(slot, all[i]);
                }
            }
        } else if (from < to) {
            offer(
                    slot,
                    largest ? DoubleKernels.max(all, from, to) : DoubleKernels.min(all, from, to));
        }
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        double[] all = values.doubles();
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                offer(slots[i], all[i]);
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        if (statistics.count() > 0) {
            double value =
                    Double.longBitsToDouble(largest ? statistics.maxBits() : statistics.minBits());
            if (Double.isNaN(value)) {
                return false;
            }
            offer(slot, value);
        }
        return true;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        write(from, count, state[0]);
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        double[] partial = state[0].doubles();
        for (int i = 0; i < count; i++) {
            if (state[0].isPresent(i)) {
                offer(slots[i], partial[i]);
            }
        }
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        write(from, count, result);
    }

    private void write(int from, int count, ColumnVector target) {
        System.arraycopy(extremes, from, target.doubles(), 0, count);
        SlotArrays.writePresence(seen, from, count, target);
    }
}
