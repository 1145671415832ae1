package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.TextOrder;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Earliest or newest strings. State: the string (null without one), its time.
final class StringEdges implements Accumulator {
    private static final int SLOT_BYTES = 16;

    private final MemoryAccount memory;
    private final boolean newest;
    private @Nullable String[] strings = {};
    private long[] edgeTimes = {};

    StringEdges(boolean newest, MemoryAccount memory) {
        this.memory = memory;
        this.newest = newest;
    }

    @Override
    public void ensureSlots(int count) {
        if (count > strings.length) {
            int capacity = SlotArrays.capacity(count, strings.length, SLOT_BYTES, memory);
            strings = Arrays.copyOf(strings, capacity);
            edgeTimes = Arrays.copyOf(edgeTimes, capacity);
        }
    }

    private void offer(int slot, long time, String value) {
        String before = strings[slot];
        if (before != null) {
            boolean worse = newest ? time < edgeTimes[slot] : time > edgeTimes[slot];
            if (worse || time == edgeTimes[slot] && !winsTie(value, before)) {
                return;
            }
        }
        StringSlots.reserve(before, value, memory);
        strings[slot] = value;
        edgeTimes[slot] = time;
    }

    private boolean winsTie(String value, String before) {
        int order = TextOrder.compare(value, before);
        return newest ? order > 0 : order < 0;
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        int row = newest ? to - 1 : from;
        int step = newest ? -1 : 1;
        while (row >= from && row < to && !values.isPresent(row)) {
            row += step;
        }
        if (row >= from && row < to) {
            offer(slot, times[row], values.string(row));
        }
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                offer(slots[i], times[i], values.string(i));
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        return statistics.count() == 0;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        StringSlots.write(strings, from, count, state[0]);
        System.arraycopy(edgeTimes, from, state[1].longs(), 0, count);
        state[1].setAllPresent();
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        addRows(slots, state[0], state[1].longs(), count);
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        StringSlots.write(strings, from, count, result);
    }
}
