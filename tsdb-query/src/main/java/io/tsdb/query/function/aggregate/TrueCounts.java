package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;

/// How many values are true. State: that.
final class TrueCounts implements Accumulator {
    private final MemoryAccount memory;
    private long[] counts = {};

    TrueCounts(MemoryAccount memory) {
        this.memory = memory;
    }

    @Override
    public void ensureSlots(int count) {
        if (count > counts.length) {
            counts =
                    Arrays.copyOf(
                            counts, SlotArrays.capacity(count, counts.length, Long.BYTES, memory));
        }
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        for (int i = from; i < to; i++) {
            counts[slot] += values.isPresent(i) ? values.longs()[i] : 0;
        }
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        for (int i = 0; i < count; i++) {
            counts[slots[i]] += values.isPresent(i) ? values.longs()[i] : 0;
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        return statistics.count() == 0;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        System.arraycopy(counts, from, state[0].longs(), 0, count);
        state[0].setAllPresent();
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        addRows(slots, state[0], new long[0], count);
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        System.arraycopy(counts, from, result.longs(), 0, count);
        result.setAllPresent();
    }
}
