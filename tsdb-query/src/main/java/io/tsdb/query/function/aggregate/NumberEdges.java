package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;

/// Earliest or newest values of all types but STRING. State: the value (null without one), its
/// time.
final class NumberEdges implements Accumulator {
    private static final int SLOT_BYTES = 17;

    private final MemoryAccount memory;
    private final boolean newest;
    private final boolean isDouble;
    private long[] bits = {};
    private long[] edgeTimes = {};
    private boolean[] seen = {};

    NumberEdges(boolean newest, ColumnType type, MemoryAccount memory) {
        this.memory = memory;
        this.newest = newest;
        this.isDouble = type == ColumnType.FLOAT64;
    }

    @Override
    public void ensureSlots(int count) {
        if (count > bits.length) {
            int capacity = SlotArrays.capacity(count, bits.length, SLOT_BYTES, memory);
            bits = Arrays.copyOf(bits, capacity);
            edgeTimes = Arrays.copyOf(edgeTimes, capacity);
            seen = Arrays.copyOf(seen, capacity);
        }
    }

    private long bitsOf(ColumnVector values, int row) {
        return isDouble ? Double.doubleToRawLongBits(values.doubles()[row]) : values.longs()[row];
    }

    private void offer(int slot, long time, long value) {
        if (seen[slot]) {
            long before = edgeTimes[slot];
            boolean worse = newest ? time < before : time > before;
            if (worse || time == before && !winsTie(value, bits[slot])) {
                return;
            }
        }
        seen[slot] = true;
        bits[slot] = value;
        edgeTimes[slot] = time;
    }

    private boolean winsTie(long value, long before) {
        int order =
                isDouble
                        ? Double.compare(
                                Double.longBitsToDouble(value), Double.longBitsToDouble(before))
                        : Long.compare(value, before);
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
            offer(slot, times[row], bitsOf(values, row));
        }
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                offer(slots[i], times[i], bitsOf(values, i));
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        if (statistics.count() > 0) {
            if (newest) {
                offer(slot, statistics.lastTime(), statistics.lastBits());
            } else {
                offer(slot, statistics.firstTime(), statistics.firstBits());
            }
        }
        return true;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        writeValues(from, count, state[0]);
        System.arraycopy(edgeTimes, from, state[1].longs(), 0, count);
        state[1].setAllPresent();
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        addRows(slots, state[0], state[1].longs(), count);
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        writeValues(from, count, result);
    }

    private void writeValues(int from, int count, ColumnVector target) {
        if (isDouble) {
            for (int i = 0; i < count; i++) {
                target.doubles()[i] = Double.longBitsToDouble(bits[from + i]);
            }
        } else {
            System.arraycopy(bits, from, target.longs(), 0, count);
        }
        SlotArrays.writePresence(seen, from, count, target);
    }
}
