package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.column.TextOrder;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;

/// All rows of the groups, for aggregates that need them together: by time or by value, in an order
/// that does not depend on how they came. State: rows as text, `time:value;` each, numbers in base
/// 36, a text as `length:text`.
final class CollectedRows implements Accumulator {
    static final List<ColumnType> STATE_TYPES = List.of(ColumnType.STRING);

    /// What rows are sorted by; the other one decides between equal ones.
    enum Order {
        TIME,
        VALUE
    }

    /// Makes a result of the rows of a group.
    @FunctionalInterface
    interface Finish {
        /// @param rows at least one
        /// @param row of the result, which is present unless it is made null
        void finish(GroupRows rows, ColumnVector result, int row);
    }

    private static final int ROW_BYTES = 20;
    private static final int NUMBER_LENGTH_MAX = 16;

    private final ColumnType type;
    private final Order order;
    private final MemoryAccount memory;
    private final MemoryAccount scratch;
    private final Finish finish;
    private final StringDictionary texts;
    private int slotCount;
    private int size;
    private int[] slots = {};
    private long[] times = {};
    private long[] bits = {};

    CollectedRows(ColumnType type, Order order, MemoryAccount memory, Finish finish) {
        this.type = type;
        this.order = order;
        this.memory = memory;
        this.scratch = memory.part();
        this.finish = finish;
        this.texts = new StringDictionary(memory);
    }

    @Override
    public void ensureSlots(int count) {
        slotCount = Math.max(slotCount, count);
    }

    private void add(int slot, long time, long value) {
        if (size == slots.length) {
            int capacity = SlotArrays.capacity(size + 1, size, ROW_BYTES, memory);
            slots = Arrays.copyOf(slots, capacity);
            times = Arrays.copyOf(times, capacity);
            bits = Arrays.copyOf(bits, capacity);
        }
        slots[size] = slot;
        times[size] = time;
        bits[size++] = value;
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
    public void addRange(int slot, ColumnVector values, long[] of, int from, int to) {
        for (int i = from; i < to; i++) {
            if (values.isPresent(i)) {
                add(slot, of[i], value(values, i));
            }
        }
    }

    @Override
    public void addRows(int[] of, ColumnVector values, long[] rowTimes, int count) {
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                add(of[i], rowTimes[i], value(values, i));
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        return statistics.count() == 0;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        int[] places = places();
        int[] starts = starts();
        var encoded = new @Nullable String[count];
        for (int i = 0; i < count; i++) {
            int slot = from + i;
            encoded[i] = slot >= slotCount ? "" : encode(places, starts[slot], starts[slot + 1]);
        }
        StringSlots.write(encoded, 0, count, state[0]);
    }

    private String encode(int[] places, int from, int to) {
        long length = 0;
        for (int i = from; i < to; i++) {
            boolean isText = type == ColumnType.STRING;
            length += 2L * NUMBER_LENGTH_MAX;
            length += isText ? texts.get((int) bits[places[i]]).length() : 0;
        }
        memory.reserve(4 * length);
        var text = new StringBuilder();
        for (int i = from; i < to; i++) {
            int row = places[i];
            text.append(Long.toString(times[row], Character.MAX_RADIX)).append(':');
            if (type == ColumnType.STRING) {
                String value = texts.get((int) bits[row]);
                text.append(value.length()).append(':').append(value);
            } else {
                text.append(Long.toString(bits[row], Character.MAX_RADIX));
            }
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
                int colon = text.indexOf(':', at);
                long time = Long.parseLong(text, at, colon, Character.MAX_RADIX);
                int end;
                long value;
                if (type == ColumnType.STRING) {
                    int second = text.indexOf(':', colon + 1);
                    end = second + 1 + Integer.parseInt(text, colon + 1, second, 10);
                    value = texts.idOf(text.substring(second + 1, end));
                } else {
                    end = text.indexOf(';', colon);
                    value = Long.parseLong(text, colon + 1, end, Character.MAX_RADIX);
                }
                add(of[i], time, value);
                at = end + 1;
            }
        }
    }

    /// Where the rows of each slot begin among [#places()].
    private int[] starts() {
        var starts = new int[slotCount + 1];
        for (int i = 0; i < size; i++) {
            starts[slots[i] + 1]++;
        }
        for (int i = 0; i < slotCount; i++) {
            starts[i + 1] += starts[i];
        }
        return starts;
    }

    /// Row numbers, slot by slot.
    private int[] places() {
        scratch.releaseAll();
        scratch.reserve((long) Integer.BYTES * (size + 2L * slotCount));
        int[] next = starts();
        var places = new int[size];
        for (int i = 0; i < size; i++) {
            places[next[slots[i]]++] = i;
        }
        return places;
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        int[] places = places();
        int[] starts = starts();
        long[] ranks = textRanks();
        var made = new TextResults(count);
        result.setAllPresent();
        for (int i = 0; i < count; i++) {
            int slot = from + i;
            int rows = starts[slot + 1] - starts[slot];
            if (rows == 0) {
                result.setNull(i);
            } else {
                finish.finish(sorted(places, starts[slot], rows, ranks), result, i);
            }
            made.take(result, i);
        }
        made.finish(result);
    }

    private GroupRows sorted(int[] places, int from, int count, long[] ranks) {
        long bytes = 2L * PairSort.LONGS_PER_PAIR * Long.BYTES * count;
        scratch.reserve(bytes);
        var first = new long[count];
        var second = new long[count];
        for (int i = 0; i < count; i++) {
            int row = places[from + i];
            boolean byTime = order == Order.TIME;
            first[i] = byTime ? times[row] : rank(bits[row], ranks);
            second[i] = byTime ? rank(bits[row], ranks) : times[row];
        }
        PairSort.sort(first, second, count);
        long[] rankOf = order == Order.TIME ? second : first;
        for (int i = 0; i < count; i++) {
            rankOf[i] = unranked(rankOf[i]);
        }
        scratch.release(bytes);
        return new GroupRows(type, texts(), order == Order.TIME ? first : second, rankOf, count);
    }

    private String[] texts() {
        return sortedTexts == null ? texts.values() : sortedTexts;
    }

    private String @Nullable [] sortedTexts;

    /// Rank of each text among all; the texts are kept in that order.
    private long[] textRanks() {
        if (type != ColumnType.STRING) {
            return new long[0];
        }
        scratch.reserve(24L * texts.size());
        String[] sorted = Arrays.copyOf(texts.values(), texts.size());
        Arrays.sort(sorted, TextOrder::compare);
        sortedTexts = sorted;
        var ranks = new long[texts.size()];
        for (int i = 0; i < sorted.length; i++) {
            ranks[texts.idOf(sorted[i])] = i;
        }
        return ranks;
    }

    /// A number that compares as the value does.
    private long rank(long value, long[] ranks) {
        return switch (type) {
            case FLOAT64 -> value ^ value >> 63 & Long.MAX_VALUE;
            case STRING -> ranks[(int) value];
            case INT64, UINT64, TIMESTAMP, BOOL -> value;
        };
    }

    private long unranked(long rank) {
        return type == ColumnType.FLOAT64 ? rank ^ rank >> 63 & Long.MAX_VALUE : rank;
    }
}
