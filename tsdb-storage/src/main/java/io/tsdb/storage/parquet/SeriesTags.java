package io.tsdb.storage.parquet;

import io.tsdb.storage.model.SeriesKey;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Tags of many series as columns: for each tag the distinct values, and for each series the ids of
/// its values. One thread.
public final class SeriesTags {
    /// Id of a tag that a series lacks.
    public static final int ABSENT = -1;

    private final List<String> tags;
    private final byte[][] names;
    private final TextDictionary[] values;
    private final int[][] ids;
    private int count;

    /// @param tags names of the columns
    public SeriesTags(List<String> tags) {
        this.tags = tags;
        this.names =
                tags.stream()
                        .map(tag -> tag.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new);
        this.values = new TextDictionary[names.length];
        Arrays.setAll(values, _ -> new TextDictionary());
        this.ids = new int[names.length][64];
    }

    /// Number of series.
    public int count() {
        return count;
    }

    /// Distinct values of a tag, numbered in the order they came.
    public TextDictionary values(int tag) {
        return values[tag];
    }

    /// @return id of the series' value in [#values], or [#ABSENT]
    public int id(int tag, int series) {
        return ids[tag][series];
    }

    /// Takes in the next series.
    ///
    /// @throws IllegalArgumentException when it has a tag that is no column
    public void add(SeriesKey key) {
        int series = count++;
        for (int tag = 0; tag < ids.length; tag++) {
            if (series == ids[tag].length) {
                ids[tag] = Arrays.copyOf(ids[tag], 2 * series);
            }
            ids[tag][series] = ABSENT;
        }
        byte[] bytes = key.bytes();
        int at = 2 + length(bytes, 0);
        int expected = 0;
        while (at < bytes.length) {
            int nameAt = at + 2;
            int valueAt = nameAt + length(bytes, at) + 2;
            int tag = tagOf(bytes, nameAt, valueAt - 2, expected);
            if (tag < 0) {
                throw new IllegalArgumentException(
                        "series " + key + " has a tag that is not among " + tags);
            }
            int valueLength = length(bytes, valueAt - 2);
            ids[tag][series] = values[tag].add(bytes, valueAt, valueLength);
            expected = tag + 1;
            at = valueAt + valueLength;
        }
    }

    /// Whether a series comes after the one before it by the bytes of its tags, absent ones first.
    boolean ascends(int series) {
        for (int tag = 0; tag < ids.length; tag++) {
            int before = ids[tag][series - 1];
            int now = ids[tag][series];
            if (before != now) {
                return before == ABSENT || (now != ABSENT && values[tag].compare(before, now) < 0);
            }
        }
        return true;
    }

    private int tagOf(byte[] bytes, int from, int to, int expected) {
        for (int i = 0; i < names.length; i++) {
            int tag = (expected + i) % names.length;
            byte[] name = names[tag];
            if (Arrays.equals(name, 0, name.length, bytes, from, to)) {
                return tag;
            }
        }
        return -1;
    }

    private static int length(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) | (bytes[at + 1] & 0xFF) << 8;
    }
}
