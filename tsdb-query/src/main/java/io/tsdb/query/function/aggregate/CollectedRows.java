package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// All rows of the groups, for aggregates that need them together: by time or by value, in an order
/// that does not depend on how they came. State: rows as text, `key:value;` each, as
/// [CollectedColumn] writes them; the key is the time, or a second argument that may be absent.
final class CollectedRows implements Accumulator {
    static final List<ColumnType> STATE_TYPES = List.of(ColumnType.STRING);

    /// Makes a result of the rows of a group.
    @FunctionalInterface
    interface Finish {
        /// @param rows at least one
        /// @param row of the result, which is present unless it is made null
        void finish(GroupRows rows, ColumnVector result, int row);
    }

    private static final int ROW_BYTES = 20;

    private final RowSort sort;
    private final CollectedColumn keys;
    private final CollectedColumn values;
    private final MemoryAccount memory;
    private final MemoryAccount scratch;
    private final Finish finish;
    private final BitSet withoutKey = new BitSet();
    private ColumnVector[] more = {};
    private int slotCount;
    private int size;
    private int[] slots = {};
    private long[] keyBits = {};
    private int[] places = {};
    private int[] starts = {};
    private int preparedSize = -1;
    private int preparedSlots;
    private long[] bits = {};

    CollectedRows(ColumnType type, RowSort sort, MemoryAccount memory, Finish finish) {
        this.sort = sort;
        this.memory = memory;
        this.scratch = memory.part();
        this.finish = finish;
        ColumnType key = sort.key();
        this.keys = new CollectedColumn(key == null ? ColumnType.TIMESTAMP : key, memory);
        this.values = new CollectedColumn(type, memory);
    }

    @Override
    public void setMore(ColumnVector[] arguments) {
        more = arguments;
    }

    @Override
    public void ensureSlots(int count) {
        slotCount = Math.max(slotCount, count);
    }

    private void add(int slot, long key, long value) {
        if (size == slots.length) {
            int capacity = SlotArrays.capacity(size + 1, size, ROW_BYTES, memory);
            slots = Arrays.copyOf(slots, capacity);
            keyBits = Arrays.copyOf(keyBits, capacity);
            bits = Arrays.copyOf(bits, capacity);
        }
        slots[size] = slot;
        keyBits[size] = key;
        bits[size++] = value;
    }

    private void addWithoutKey(int slot, long value) {
        if (size >= withoutKey.size()) {
            memory.reserve(Math.max(1, size / Byte.SIZE));
        }
        withoutKey.set(size);
        add(slot, 0, value);
    }

    private void add(int slot, ColumnVector rows, int row, long time) {
        long value = values.bits(rows, row);
        if (sort.key() == null) {
            add(slot, time, value);
        } else if (more[0].isPresent(row)) {
            add(slot, keys.bits(more[0], row), value);
        } else {
            addWithoutKey(slot, value);
        }
    }

    @Override
    public void addRange(int slot, ColumnVector rows, long[] times, int from, int to) {
        for (int i = from; i < to; i++) {
            if (rows.isPresent(i)) {
                add(slot, rows, i, times[i]);
            }
        }
    }

    @Override
    public void addRows(int[] of, ColumnVector rows, long[] times, int count) {
        for (int i = 0; i < count; i++) {
            if (rows.isPresent(i)) {
                add(of[i], rows, i, times[i]);
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        return statistics.count() == 0;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        prepare();
        var encoded = new @Nullable String[count];
        for (int i = 0; i < count; i++) {
            int slot = from + i;
            encoded[i] = slot >= slotCount ? "" : encode(starts[slot], starts[slot + 1]);
        }
        StringSlots.write(encoded, 0, count, state[0]);
    }

    private String encode(int from, int to) {
        long length = 0;
        for (int i = from; i < to; i++) {
            int row = places[i];
            length += values.lengthMax(bits[row]);
            length += withoutKey.get(row) ? 1 : keys.lengthMax(keyBits[row]);
        }
        memory.reserve(4 * length);
        var text = new StringBuilder();
        for (int i = from; i < to; i++) {
            int row = places[i];
            if (!withoutKey.get(row)) {
                keys.append(keyBits[row], text);
            }
            text.append(':');
            values.append(bits[row], text);
            text.append(';');
        }
        return text.toString();
    }

    @Override
    public void mergeState(int[] of, ColumnVector[] state, int count) {
        for (int i = 0; i < count; i++) {
            String text = state[0].string(i);
            int at = 0;
            while (at < text.length()) {
                boolean hasKey = text.charAt(at) != ':';
                long key = hasKey ? keys.read(text, at, ':') : 0;
                int behind = hasKey ? keys.end() : at;
                long value = values.read(text, behind + 1, ';');
                at = values.end() + 1;
                if (hasKey) {
                    add(of[i], key, value);
                } else {
                    addWithoutKey(of[i], value);
                }
            }
        }
    }

    /// Row numbers slot by slot, where those of each slot begin, and the ranks of texts: once for
    /// all pieces of the result.
    private void prepare() {
        if (preparedSize == size && preparedSlots == slotCount) {
            return;
        }
        scratch.releaseAll();
        scratch.reserve((long) Integer.BYTES * (size + 3L * slotCount));
        starts = new int[slotCount + 1];
        for (int i = 0; i < size; i++) {
            starts[slots[i] + 1]++;
        }
        for (int i = 0; i < slotCount; i++) {
            starts[i + 1] += starts[i];
        }
        int[] next = Arrays.copyOf(starts, slotCount + 1);
        places = new int[size];
        for (int i = 0; i < size; i++) {
            places[next[slots[i]]++] = i;
        }
        keys.prepareRanks(scratch);
        values.prepareRanks(scratch);
        preparedSize = size;
        preparedSlots = slotCount;
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        prepare();
        var made = new TextResults(count);
        result.setAllPresent();
        for (int i = 0; i < count; i++) {
            int slot = from + i;
            int rows = starts[slot + 1] - starts[slot];
            if (rows == 0) {
                result.setNull(i);
            } else {
                finish.finish(sorted(starts[slot], rows), result, i);
            }
            made.take(result, i);
        }
        made.finish(result);
    }

    /// Rows that have no key stand together, before or behind all others.
    private GroupRows sorted(int from, int count) {
        long bytes = 2L * PairSort.LONGS_PER_PAIR * Long.BYTES * count;
        scratch.reserve(bytes);
        var first = new long[count];
        var second = new long[count];
        int absent = 0;
        if (!withoutKey.isEmpty()) {
            for (int i = from; i < from + count; i++) {
                absent += withoutKey.get(places[i]) ? 1 : 0;
            }
        }
        int keyed = sort.nullsFirst() ? absent : 0;
        int unkeyed = sort.nullsFirst() ? 0 : count - absent;
        int begin = keyed;
        int beginAbsent = unkeyed;
        long flip = sort.descending() ? -1 : 0;
        for (int i = from; i < from + count; i++) {
            int row = places[i];
            long value = values.rank(bits[row]);
            if (absent > 0 && withoutKey.get(row)) {
                second[unkeyed++] = value;
            } else {
                long key = keys.rank(keyBits[row]);
                first[keyed] = (sort.byValue() ? value : key) ^ flip;
                second[keyed++] = sort.byValue() ? key : value;
            }
        }
        PairSort.sort(first, second, begin, begin + count - absent, scratch);
        PairSort.sort(first, second, beginAbsent, beginAbsent + absent, scratch);
        for (int i = 0; i < count; i++) {
            first[i] ^= flip;
        }
        long[] ranked = sort.byValue() ? first : second;
        for (int i = 0; i < count; i++) {
            ranked[i] = values.unranked(ranked[i]);
        }
        scratch.release(bytes);
        return new GroupRows(
                values.type(), values.texts(), sort.byValue() ? second : first, ranked, count);
    }
}
