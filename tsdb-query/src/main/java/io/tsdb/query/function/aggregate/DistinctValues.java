package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.column.TupleTable;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Sets of different values by slot. A value is 64 bits, a string the number of its entry in one
/// dictionary for all slots; pairs of slot and value lie in one table and are chained per slot.
final class DistinctValues implements Accumulator {
    private static final int SLOT_BYTES = 12;
    static final int NONE = -1;
    private static final int LONG_DIGITS_MAX = 14;

    private final ColumnType type;
    private final MemoryAccount memory;
    private final TupleTable pairs;
    private final StringDictionary texts;
    private final long[] pair = new long[2];
    private long[] counts = {};
    private int[] newest = {};
    private int[] earlier = {};

    DistinctValues(ColumnType type, MemoryAccount memory) {
        this.type = type;
        this.memory = memory;
        this.pairs = new TupleTable(2, memory);
        this.texts = new StringDictionary(memory);
    }

    @Override
    public void ensureSlots(int count) {
        int before = counts.length;
        if (count > before) {
            int capacity = SlotArrays.capacity(count, before, SLOT_BYTES, memory);
            counts = Arrays.copyOf(counts, capacity);
            newest = Arrays.copyOf(newest, capacity);
            Arrays.fill(newest, before, capacity, NONE);
        }
    }

    private void add(int slot, long value) {
        pair[0] = slot;
        pair[1] = value;
        int known = pairs.size();
        int at = pairs.slot(pair, 0);
        if (at < known) {
            return;
        }
        if (at >= earlier.length) {
            int capacity = SlotArrays.capacity(at + 1, earlier.length, Integer.BYTES, memory);
            earlier = Arrays.copyOf(earlier, capacity);
        }
        earlier[at] = newest[slot];
        newest[slot] = at;
        counts[slot]++;
    }

    /// The first of a slot's values, for [#write] and [#earlier]; [#NONE] without one.
    int newest(int slot) {
        return newest[slot];
    }

    int earlier(int at) {
        return earlier[at];
    }

    /// Writes a value to a row of a column of its type.
    void write(int at, ColumnVector target, int row) {
        long value = pairs.tuples()[2 * at + 1];
        switch (type) {
            case STRING -> {
                target.ids()[row] = (int) value;
                target.setDictionary(texts);
            }
            case FLOAT64 -> target.doubles()[row] = Double.longBitsToDouble(value);
            case INT64, UINT64, TIMESTAMP, BOOL -> target.longs()[row] = value;
        }
    }

    private long value(ColumnVector values, int row) {
        return switch (type) {
            case STRING -> texts.idOf(values.string(row));
            // -0.0 equals 0.0; all NaN are one value
            case FLOAT64 -> Double.doubleToLongBits(values.doubles()[row] + 0.0);
            case INT64, UINT64, TIMESTAMP, BOOL -> values.longs()[row];
        };
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        int last = NONE;
        for (int i = from; i < to; i++) {
            if (!values.isPresent(i)) {
                continue;
            }
            if (type == ColumnType.STRING) {
                if (values.ids()[i] == last) {
                    continue;
                }
                last = values.ids()[i];
            }
            add(slot, value(values, i));
        }
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                add(slots[i], value(values, i));
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        return statistics.count() == 0;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        var encoded = new @Nullable String[count];
        for (int i = 0; i < count; i++) {
            encoded[i] = encode(newest[from + i]);
        }
        StringSlots.write(encoded, 0, count, state[0]);
    }

    /// The values of a chain, each as `length:text`.
    private String encode(int first) {
        long[] all = pairs.tuples();
        long length = 0;
        for (int at = first; at != NONE; at = earlier[at]) {
            int text =
                    type == ColumnType.STRING
                            ? texts.get((int) all[2 * at + 1]).length()
                            : LONG_DIGITS_MAX;
            length += text + 1 + Integer.toString(text).length();
        }
        // built, then copied
        memory.reserve(4 * length);
        var text = new StringBuilder((int) Math.min(length, Integer.MAX_VALUE - 8));
        for (int at = first; at != NONE; at = earlier[at]) {
            long bits = all[2 * at + 1];
            String value =
                    type == ColumnType.STRING
                            ? texts.get((int) bits)
                            : Long.toString(bits, Character.MAX_RADIX);
            text.append(value.length()).append(':').append(value);
        }
        return text.toString();
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        for (int i = 0; i < count; i++) {
            String text = state[0].string(i);
            int at = 0;
            while (at < text.length()) {
                int colon = text.indexOf(':', at);
                int length = Integer.parseInt(text, at, colon, 10);
                at = colon + 1 + length;
                add(
                        slots[i],
                        type == ColumnType.STRING
                                ? texts.idOf(text.substring(colon + 1, at))
                                : Long.parseLong(text, colon + 1, at, Character.MAX_RADIX));
            }
        }
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        System.arraycopy(counts, from, result.longs(), 0, count);
        result.setAllPresent();
    }
}
