package io.tsdb.query.function.aggregate;

import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.TextOrder;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Smallest or largest strings by code points. State: the string, null without one.
final class StringExtremes implements Accumulator {
    private final boolean largest;
    private @Nullable String[] extremes = {};
    private long textBytes;

    StringExtremes(boolean largest) {
        this.largest = largest;
    }

    @Override
    public void ensureSlots(int count) {
        if (count > extremes.length) {
            extremes = Arrays.copyOf(extremes, SlotArrays.capacity(count));
        }
    }

    private void offer(int slot, String value) {
        String before = extremes[slot];
        if (before == null) {
            extremes[slot] = value;
            textBytes += 48 + 2L * value.length();
        } else if (largest
                ? TextOrder.compare(value, before) > 0
                : TextOrder.compare(value, before) < 0) {
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

    @Override
    public long memoryBytes() {
        return 8L * extremes.length + textBytes;
    }
}
