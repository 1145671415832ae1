package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;
import java.util.List;

/// Sums of float64 values, and how many there were: what an addition rounds away is summed beside
/// (Ogita, Rump and Oishi's `Sum2`), so that a sum of n values is as good as one taken in twice the
/// digits and then rounded, in whatever order and pieces they come.
///
/// What passes the range of float64 on the way is kept scaled down: the sum of `1.7e308, 1.7e308,
/// -1.7e308` is one of them, and the average of three is what they are. State: sum, count, what was
/// rounded away, and the two parts of what is scaled down.
final class DoubleSums implements Accumulator {
    static final List<ColumnType> STATE_TYPES =
            List.of(
                    ColumnType.FLOAT64,
                    ColumnType.INT64,
                    ColumnType.FLOAT64,
                    ColumnType.FLOAT64,
                    ColumnType.FLOAT64);

    private static final int SLOT_BYTES = 40;

    /// So small that as many values as 64 bits count, scaled, do not pass the range together.
    private static final double SCALE = 0x1p-64;

    private final boolean average;
    private final MemoryAccount memory;
    private final double[] pair = new double[2];
    private double[] sums = {};
    private long[] counts = {};
    private double[] rests = {};
    private double[] scaledSums = {};
    private double[] scaledRests = {};

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
            rests = Arrays.copyOf(rests, capacity);
            scaledSums = Arrays.copyOf(scaledSums, capacity);
            scaledRests = Arrays.copyOf(scaledRests, capacity);
        }
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        if (values.allPresent()) {
            DoubleKernels.sum(values.doubles(), from, to, pair);
            if (Math.abs(sums[slot] + pair[0]) <= Double.MAX_VALUE) {
                add(slot, pair[0]);
                rests[slot] += pair[1];
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
        double before = sums[slot];
        double total = before + value;
        if (Math.abs(total) <= Double.MAX_VALUE) {
            rests[slot] += DoubleKernels.rest(before, value, total);
            sums[slot] = total;
        } else {
            addScaled(slot, before * SCALE);
            addScaled(slot, value * SCALE);
            scaledRests[slot] += rests[slot] * SCALE;
            sums[slot] = 0;
            rests[slot] = 0;
        }
    }

    private void addScaled(int slot, double value) {
        double before = scaledSums[slot];
        double total = before + value;
        if (Math.abs(total) <= Double.MAX_VALUE) {
            scaledRests[slot] += DoubleKernels.rest(before, value, total);
        }
        scaledSums[slot] = total;
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
            addBetween(slot, sum, statistics);
            counts[slot] += statistics.count();
            return true;
        }
        // no number: only the values tell whether one is infinite, or their sum on the way
        return false;
    }

    /// Adds a block's sum, which may be rounded, but no less than if all its values were the
    /// smallest, and no more than if all were the largest: an average lies between its values.
    private void addBetween(int slot, double sum, ColumnStatistics statistics) {
        double count = statistics.count();
        double min = Double.longBitsToDouble(statistics.minBits());
        double max = Double.longBitsToDouble(statistics.maxBits());
        double least = min * count;
        double most = max * count;
        double leastRest = Math.fma(min, count, -least);
        double mostRest = Math.fma(max, count, -most);
        if (sum < least || sum == least && leastRest > 0) {
            add(slot, least);
            rests[slot] += leastRest;
        } else if (sum > most || sum == most && mostRest < 0) {
            add(slot, most);
            rests[slot] += mostRest;
        } else {
            add(slot, sum);
        }
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        System.arraycopy(sums, from, state[0].doubles(), 0, count);
        System.arraycopy(counts, from, state[1].longs(), 0, count);
        System.arraycopy(rests, from, state[2].doubles(), 0, count);
        System.arraycopy(scaledSums, from, state[3].doubles(), 0, count);
        System.arraycopy(scaledRests, from, state[4].doubles(), 0, count);
        for (ColumnVector column : state) {
            column.setAllPresent();
        }
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        double[] partialSums = state[0].doubles();
        long[] partialCounts = state[1].longs();
        double[] partialRests = state[2].doubles();
        double[] partialScaled = state[3].doubles();
        double[] partialScaledRests = state[4].doubles();
        for (int i = 0; i < count; i++) {
            int slot = slots[i];
            add(slot, partialSums[i]);
            rests[slot] += partialRests[i];
            counts[slot] += partialCounts[i];
            addScaled(slot, partialScaled[i]);
            scaledRests[slot] += partialScaledRests[i];
        }
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        result.setAllPresent();
        for (int i = 0; i < count; i++) {
            if (counts[from + i] == 0) {
                result.setNull(i);
            } else {
                result.doubles()[i] = result(from + i);
            }
        }
    }

    private double result(int slot) {
        double divisor = average ? counts[slot] : 1;
        if (scaledSums[slot] == 0 && scaledRests[slot] == 0) {
            return DoubleKernels.divide(sums[slot], rests[slot], divisor);
        }
        double more = sums[slot] * SCALE;
        double total = scaledSums[slot] + more;
        if (!Double.isFinite(total)) {
            return total;
        }
        double rest =
                scaledRests[slot]
                        + DoubleKernels.rest(scaledSums[slot], more, total)
                        + rests[slot] * SCALE;
        return DoubleKernels.divide(total, rest, divisor) / SCALE;
    }
}
