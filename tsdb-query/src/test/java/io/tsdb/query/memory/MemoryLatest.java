package io.tsdb.query.memory;

import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.LatestRows;
import io.tsdb.storage.scan.Presence;

import org.roaringbitmap.RoaringBitmap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Newest rows of a [MemoryShard], a few at a time; of some series it claims not to know.
final class MemoryLatest implements LatestRows {
    private static final int ROWS = 5;

    private record Row(int series, long hash, long time, List<Object> values) {}

    private static final Object ABSENT = new Object();

    private final List<Row> rows = new ArrayList<>();
    private final RoaringBitmap others = new RoaringBitmap();
    private final List<Map<String, Integer>> texts = new ArrayList<>();
    private int from;
    private int to;

    MemoryLatest(
            List<MemorySeries> series,
            RoaringBitmap asked,
            TimeRange range,
            List<String> fields,
            MemoryShard.Layout layout) {
        fields.forEach(_ -> texts.add(new HashMap<>()));
        for (int id : asked.toArray()) {
            MemorySeries one = series.get(id);
            int last = one.times.length - 1;
            if (one.times[last] >= range.toNanos() || (id + layout.seed()) % 4 == 0) {
                others.add(id);
            } else if (one.times[last] >= range.fromNanos()) {
                var values = fields.stream().map(field -> value(one, field, last)).toList();
                rows.add(new Row(id, one.key.hash(), one.times[last], values));
            }
        }
    }

    private static Object value(MemorySeries series, String field, int row) {
        MemorySeries.Column column = series.columns.get(field);
        if (column == null || !column.present[row]) {
            return ABSENT;
        }
        return switch (column.type) {
            case INT64, UINT64, BOOL -> column.bits[row];
            case FLOAT64 -> Double.longBitsToDouble(column.bits[row]);
            case STRING -> String.valueOf(column.strings[row]);
        };
    }

    @Override
    public int next() {
        from = to;
        to = Math.min(rows.size(), from + ROWS);
        return to - from;
    }

    @Override
    public int[] series() {
        return rows.subList(from, to).stream().mapToInt(Row::series).toArray();
    }

    @Override
    public long[] hashes() {
        return rows.subList(from, to).stream().mapToLong(Row::hash).toArray();
    }

    @Override
    public long[] times() {
        return rows.subList(from, to).stream().mapToLong(Row::time).toArray();
    }

    private interface Setter {
        void set(int row, Object value);
    }

    private Presence read(int column, long[] presence, Setter setter) {
        int found = 0;
        for (int row = from; row < to; row++) {
            Object value = rows.get(row).values().get(column);
            int at = row - from;
            if (value == ABSENT) {
                presence[at >>> 6] &= ~(1L << at);
            } else {
                presence[at >>> 6] |= 1L << at;
                setter.set(at, value);
                found++;
            }
        }
        return found == to - from ? Presence.ALL : found == 0 ? Presence.NONE : Presence.SOME;
    }

    @Override
    public Presence longs(int column, long[] target, long[] presence) {
        return read(column, presence, (row, value) -> target[row] = (long) value);
    }

    @Override
    public Presence doubles(int column, double[] target, long[] presence) {
        return read(column, presence, (row, value) -> target[row] = (double) value);
    }

    @Override
    public Presence stringIds(int column, int[] target, long[] presence) {
        Map<String, Integer> numbers = texts.get(column);
        return read(
                column,
                presence,
                (row, value) ->
                        target[row] = numbers.computeIfAbsent((String) value, _ -> numbers.size()));
    }

    @Override
    public String[] dictionary(int column) {
        var strings = new String[texts.get(column).size()];
        texts.get(column).forEach((text, number) -> strings[number] = text);
        return strings;
    }

    @Override
    public RoaringBitmap others() {
        return others;
    }

    @Override
    public void close() {
        // nothing is held
    }
}
