package io.tsdb.query.function.aggregate;

import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;

/// Sums of float64 values, and how many there were. State: sum, count.
final class DoubleSums implements Accumulator {
    private final boolean average;
    private double[] sums = {};
    private long[] counts = {};

    /// @param average whether the result is the sum divided by the count
    DoubleSums(boolean average) {
        this.average = average;
    }

    @Override
    public void ensureSlots(int count) {
        if (count > sums.length) {
            int capacity = SlotArrays.capacity(count);
            sums = Arrays.copyOf(sums, capacity);
            counts = Arrays.copyOf(counts, capacity);
        }
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        if (values.allPresent()) {
            sums[slot] += DoubleKernels.sum(values.doubles(), from, to);
            counts[slot] += to - from;
            return;
        }
        double[] all = values.doubles();
        double sum = 0;
        int count = 0;
        for (int i = from; i < to; i++) {
            if (values.isPresent(i)) {
                sum += all[i];
                count++;
            }
        }
        sums[slot] += sum;
        counts[slot] += count;
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        double[] all = values.doubles();
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                sums[slots[i]] += all[i];
                counts[slots[i]]++;
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        if (statistics.count() > 0) {
            sums[slot] += Double.longBitsToDouble(statistics.sumBits());
            counts[slot] += statistics.count();
        }
        return true;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        System.arraycopy(sums, from, state[0].doubles(), 0, count);
        System.arraycopy(counts, from, state[1].longs(), 0, count);
        state[0].setAllPresent();
        state[1].setAllPresent();
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        double[] partialSums = state[0].doubles();
        long[] partialCounts = state[1].longs();
        for (int i = 0; i < count; i++) {
            sums[slots[i]] += partialSums[i];
            counts[slots[i]] += partialCounts[i];
        }
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        result.setAllPresent();
        for (int i = 0; i < count; i++) {
            long values = counts[from + i];
            if (values == 0) {
                result.setNull(i);
            } else {
                result.doubles()[i] = average ? sums[from + i] / values : sums[from + i];
            }
        }
    }

    @Override
    public long memoryBytes() {
        return 16L * sums.length;
    }
}
