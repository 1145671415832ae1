package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;

/// Exact sums of int64 or uint64 values in 128 bits, and how many there were. State: low word, high
/// word, count.
final class LongSums implements Accumulator {
    private static final int SLOT_BYTES = 24;

    private final MemoryAccount memory;

    /// What is made of sum and count in the end.
    interface Finish {
        /// @param high upper 64 bits of the sum
        /// @param count 1 or more
        void write(
                long low, long high, long count, ColumnVector result, int row, Position position);
    }

    private final Finish finish;
    private final boolean unsigned;
    private long[] lows = {};
    private long[] highs = {};
    private long[] counts = {};

    /// @param unsigned whether the values are uint64, as [io.tsdb.storage.model.Uint64] has them
    LongSums(Finish finish, boolean unsigned, MemoryAccount memory) {
        this.memory = memory;
        this.finish = finish;
        this.unsigned = unsigned;
    }

    @Override
    public void ensureSlots(int count) {
        if (count > lows.length) {
            int capacity = SlotArrays.capacity(count, lows.length, SLOT_BYTES, memory);
            lows = Arrays.copyOf(lows, capacity);
            highs = Arrays.copyOf(highs, capacity);
            counts = Arrays.copyOf(counts, capacity);
        }
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        long[] all = values.longs();
        if (values.allPresent()) {
            addHalves(
                    slot,
                    LongKernels.sumLow(all, from, to),
                    LongKernels.sumHigh(all, from, to),
                    to - from);
            return;
        }
        long low = 0;
        long high = 0;
        int count = 0;
        long[] presence = values.presence();
        for (int i = from; i < to; i++) {
            long present = presence[i >>> 6] >>> i & 1;
            long value = all[i] & -present;
            low += value & 0xFFFF_FFFFL;
            high += value >> 32;
            count += (int) present;
        }
        addHalves(slot, low, high, count);
    }

    /// Adds `high * 2^32 + low`. Each uint64 is 2^63 more than what stands for it.
    private void addHalves(int slot, long low, long high, int count) {
        long full = unsigned ? high + ((long) count << 31) : high;
        add(slot, full << 32, full >> 32, 0);
        add(slot, low, 0, count);
    }

    private void add(int slot, long low, long high, long count) {
        long before = lows[slot];
        long sum = before + low;
        lows[slot] = sum;
        highs[slot] += high + (Long.compareUnsigned(sum, before) < 0 ? 1 : 0);
        counts[slot] += count;
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        long[] all = values.longs();
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                if (unsigned) {
                    add(slots[i], Uint64.fold(all[i]), 0, 1);
                } else {
                    add(slots[i], all[i], all[i] >> 63, 1);
                }
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        if (!statistics.sumExact()) {
            return statistics.count() == 0;
        }
        long high = unsigned ? 0 : statistics.sumBits() >> 63;
        add(slot, statistics.sumBits(), high, statistics.count());
        return true;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        copy(lows, from, count, state[0]);
        copy(highs, from, count, state[1]);
        copy(counts, from, count, state[2]);
    }

    private static void copy(long[] source, int from, int count, ColumnVector target) {
        System.arraycopy(source, from, target.longs(), 0, count);
        target.setAllPresent();
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        for (int i = 0; i < count; i++) {
            add(slots[i], state[0].longs()[i], state[1].longs()[i], state[2].longs()[i]);
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
                finish.write(lows[slot], highs[slot], counts[slot], result, i, position);
            }
        }
    }
}
