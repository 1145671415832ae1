package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;

/// Sums of float64 values, and how many there were. State: sum, count, and what passed the range of
/// float64 on the way, scaled down: the sum of `1.7e308, 1.7e308, -1.7e308` is one of them, and the
/// average of two is what they are.
final class DoubleSums implements Accumulator {
    private static final int SLOT_BYTES = 24;

    /// So small that as many values as 64 bits count, scaled, do not pass the range together.
    private static final double SCALE = 0x1p-64;

    private final boolean average;
    private final MemoryAccount memory;
    private double[] sums = {};
    private long[] counts = {};
    private double[] scaled = {};

    /// @param average whether the result is the sum divided by the count
    DoubleSums(boolean average, MemoryAccount memory) {
        this.average = average;
        this.memory = memory;
    }

    @Override
    public void ensureSlots(int count) {
        if (count > sums.length) {
            int capacity = SlotArrays.capacity(count, sums.length, SLOT_BYTES, memory);
            sums = Arrays.copyOf(sums, capacity);
            counts = Arrays.copyOf(counts, capacity);
            scaled = Arrays.copyOf(scaled, capacity);
        }
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        if (values.allPresent()) {
            double total = sums[slot] + DoubleKernels.sum(values.doubles(), from, to);
            if (Math.abs(total) <= Double.MAX_VALUE) {
                sums[slot] = total;
                counts[slot] += to - from;
                return;
            }
        }
        double[] all = values.doubles();
        for (int i = from; i < to; i++) {
            if (values.isPresent(i)) {
                add(slot, all[i]);
                counts[slot]++;
            }
        }
    }

    private void add(int slot, double value) {
        double total = sums[slot] + value;
        if (Math.abs(total) <= Double.MAX_VALUE) {
            sums[slot] = total;
        } else {
            scaled[slot] += sums[slot] * SCALE + value * SCALE;
            sums[slot] = 0;
        }
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        double[] all = values.doubles();
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                add(slots[i], all[i]);
                counts[slots[i]]++;
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        if (statistics.count() == 0) {
            return true;
        }
        double sum = Double.longBitsToDouble(statistics.sumBits());
        if (Math.abs(sum) <= Double.MAX_VALUE) {
            add(slot, sum);
            counts[slot] += statistics.count();
            return true;
        }
        // no number: only the values tell whether one is infinite, or their sum on the way
        return false;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        System.arraycopy(sums, from, state[0].doubles(), 0, count);
        System.arraycopy(counts, from, state[1].longs(), 0, count);
        System.arraycopy(scaled, from, state[2].doubles(), 0, count);
        for (ColumnVector column : state) {
            column.setAllPresent();
        }
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        double[] partialSums = state[0].doubles();
        long[] partialCounts = state[1].longs();
        double[] partialScaled = state[2].doubles();
        for (int i = 0; i < count; i++) {
            add(slots[i], partialSums[i]);
            counts[slots[i]] += partialCounts[i];
            scaled[slots[i]] += partialScaled[i];
        }
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        result.setAllPresent();
        for (int i = 0; i < count; i++) {
            int slot = from + i;
            if (counts[slot] == 0) {
                result.setNull(i);
            } else {
                long divisor = average ? counts[slot] : 1;
                result.doubles()[i] =
                        scaled[slot] == 0
                                ? sums[slot] / divisor
                                : (sums[slot] * SCALE + scaled[slot]) / divisor / SCALE;
            }
        }
    }
}
