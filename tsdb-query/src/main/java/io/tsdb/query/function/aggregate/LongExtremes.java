package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;

/// Smallest or largest values of INT64, TIMESTAMP and BOOL columns. State: the value, null without
/// one.
final class LongExtremes implements Accumulator {
    private static final int SLOT_BYTES = 9;

    private final MemoryAccount memory;
    private final boolean largest;
    private long[] extremes = {};
    private boolean[] seen = {};

    LongExtremes(boolean largest, MemoryAccount memory) {
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

    private void offer(int slot, long value) {
        if (!seen[slot]) {
            seen[slot] = true;
            extremes[slot] = value;
        } else if (largest ? value > extremes[slot] : value < extremes[slot]) {
            extremes[slot] = value;
        }
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        long[] all = values.longs();
        if (!values.allPresent()) {
            for (int i = from; i < to; i++) {
                if (values.isPresent(i)) {
                    offer(slot, all[i]);
                }
            }
        } else if (from < to) {
            offer(slot, largest ? LongKernels.max(all, from, to) : LongKernels.min(all, from, to));
        }
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        long[] all = values.longs();
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                offer(slots[i], all[i]);
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        if (statistics.count() > 0) {
            offer(slot, largest ? statistics.maxBits() : statistics.minBits());
        }
        return true;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        write(from, count, state[0]);
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        addRows(slots, state[0], state[0].longs(), count);
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        write(from, count, result);
    }

    private void write(int from, int count, ColumnVector target) {
        System.arraycopy(extremes, from, target.longs(), 0, count);
        SlotArrays.writePresence(seen, from, count, target);
    }
}
