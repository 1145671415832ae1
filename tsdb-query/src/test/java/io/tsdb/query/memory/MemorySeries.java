package io.tsdb.query.memory;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.Uint64;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Rows of one series in arrays, ascending in time.
final class MemorySeries {
    /// A field's values; null where a row lacks it.
    static final class Column {
        final FieldType type;
        final long[] bits;
        final @Nullable String[] strings;
        final boolean[] present;
        boolean hasAbsent;

        Column(FieldType type, int rowCount) {
            this.type = type;
            this.bits = new long[type == FieldType.STRING ? 0 : rowCount];
            this.strings = new String[type == FieldType.STRING ? rowCount : 0];
            this.present = new boolean[rowCount];
        }
    }

    final SeriesKey key;
    final long[] times;
    final Map<String, Column> columns = new LinkedHashMap<>();

    MemorySeries(SeriesKey key, long[] times) {
        this.key = key;
        this.times = times;
    }

    /// Of points with the same time, a later one wins, field by field.
    static MemorySeries of(SeriesKey key, List<TestPoint> points, Map<String, FieldType> types) {
        var rows = new TreeMap<Long, Map<String, Object>>();
        for (TestPoint point : points) {
            rows.computeIfAbsent(point.time(), _ -> new LinkedHashMap<>()).putAll(point.fields());
        }
        var series =
                new MemorySeries(key, rows.keySet().stream().mapToLong(Long::longValue).toArray());
        types.forEach((name, type) -> series.columns.put(name, new Column(type, rows.size())));
        int row = 0;
        for (Map<String, Object> fields : new ArrayList<>(rows.values())) {
            for (Map.Entry<String, Column> entry : series.columns.entrySet()) {
                set(entry.getValue(), row, fields.get(entry.getKey()));
            }
            row++;
        }
        return series;
    }

    private static void set(Column column, int row, @Nullable Object value) {
        column.present[row] = value != null;
        switch (value) {
            case null -> column.hasAbsent = true;
            case Long number -> column.bits[row] = number;
            case BigInteger number -> column.bits[row] = Uint64.of(number).orElseThrow();
            case Double number -> column.bits[row] = Double.doubleToRawLongBits(number);
            case Boolean bool -> column.bits[row] = bool ? 1 : 0;
            case String text -> column.strings[row] = text;
            default -> throw new IllegalArgumentException("no field value: " + value);
        }
    }
}
