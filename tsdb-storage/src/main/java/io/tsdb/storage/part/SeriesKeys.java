package io.tsdb.storage.part;

import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.parquet.ByteSink;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Makes series keys of one measurement from the values of its tag columns. One thread.
final class SeriesKeys {
    private final byte[] measurement;
    private final byte[][] names;
    private final ByteSink key = new ByteSink(256);

    /// Columns in the order of their names' bytes, which is not always that of the names.
    private final int[] order;

    SeriesKeys(String measurement, List<String> tags) {
        this.measurement = utf8(measurement);
        this.names = tags.stream().map(SeriesKeys::utf8).toArray(byte[][]::new);
        this.order =
                IntStream.range(0, names.length)
                        .boxed()
                        .sorted(Comparator.comparing(tag -> names[tag], Arrays::compareUnsigned))
                        .mapToInt(Integer::intValue)
                        .toArray();
    }

    /// @param values one a tag column, null where the series lacks it
    SeriesKey of(byte[] @Nullable [] values) {
        key.clear();
        put(measurement);
        for (int tag : order) {
            byte[] value = values[tag];
            if (value != null) {
                put(names[tag]);
                put(value);
            }
        }
        return SeriesKey.ofBytes(key.array(), 0, key.size());
    }

    private void put(byte[] text) {
        key.put(text.length);
        key.put(text.length >>> 8);
        key.putBytes(text, 0, text.length);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
