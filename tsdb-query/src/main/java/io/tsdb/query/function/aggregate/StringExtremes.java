package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.TextOrder;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Smallest or largest strings by code points. State: the string, null without one.
final class StringExtremes implements Accumulator {
    private static final int SLOT_BYTES = 8;

    private final MemoryAccount memory;
    private final boolean largest;
    private @Nullable String[] extremes = {};

    StringExtremes(boolean largest, MemoryAccount memory) {
        this.memory = memory;
        this.largest = largest;
    }

    @Override
    public void ensureSlots(int count) {
        if (count > extremes.length) {
            extremes =
                    Arrays.copyOf(
                            extremes,
                            SlotArrays.capacity(count, extremes.length, SLOT_BYTES, memory));
        }
    }

    private void offer(int slot, String value) {
        String before = extremes[slot];
        if (before == null
                || (largest
                        ? TextOrder.compare(value, before) > 0
                        : TextOrder.compare(value, before) < 0)) {
            StringSlots.reserve(before, value, memory);
            extremes[slot] = value;
        }
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        int last = -1;
        for (int i = from; i < to; i++) {
            int id = values.ids()[i];
            if (id != last && values.isPresent(i)) {
                offer(slot, values.dictionary()[id]);
                last = id;
            }
        }
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                offer(slots[i], values.string(i));
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        return statistics.count() == 0;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        StringSlots.write(extremes, from, count, state[0]);
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        addRows(slots, state[0], state[0].longs(), count);
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        StringSlots.write(extremes, from, count, result);
    }
}
