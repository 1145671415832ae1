package io.tsdb.storage.series;

import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.scan.TagColumn;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One tag of a measurement in a shard: its distinct values, the value of each series, and for each
/// value the series that have it. Guarded by its [MeasurementSeries].
///
/// A value that one series has (a device id) costs its bytes and about 20 more: a bitmap exists
/// from the second series on.
final class TagValues {
    private final String key;
    private byte[] heap = new byte[64];
    private int[] ends = new int[8];
    private int valueCount;
    private int[] table = new int[16];
    private int[] firstSeries = new int[8];
    private @Nullable RoaringBitmap[] postings = new RoaringBitmap[8];
    private @Nullable String[] texts = new String[8];
    private int[] valueOfOrdinal = new int[8];

    TagValues(String key) {
        this.key = key;
    }

    String key() {
        return key;
    }

    /// Number of values that series below a bound have: ids are given in order of first series.
    int valueCount(int idBound) {
        int count = valueCount;
        while (count > 0 && firstSeries[count - 1] >= idBound) {
            count--;
        }
        return count;
    }

    /// Value ids plus one by the series' ordinal in the measurement, 0 where a series lacks the
    /// tag. Entries up to the ordinals of now stay as they are; the array may be shorter than that.
    int[] valueOfOrdinal() {
        return valueOfOrdinal;
    }

    /// Adds a series with a value in `source[from, to)`.
    void add(int seriesId, int ordinal, byte[] source, int from, int to) {
        int valueId = findOrAdd(source, from, to, seriesId);
        if (ordinal >= valueOfOrdinal.length) {
            valueOfOrdinal = Arrays.copyOf(valueOfOrdinal, Math.max(2 * ordinal, 8));
        }
        valueOfOrdinal[ordinal] = valueId + 1;
        if (firstSeries[valueId] != seriesId) {
            RoaringBitmap bitmap = postings[valueId];
            if (bitmap == null) {
                bitmap = RoaringBitmap.bitmapOf(firstSeries[valueId]);
                postings[valueId] = bitmap;
            }
            bitmap.add(seriesId);
        }
    }

    String value(int valueId) {
        String text = texts[valueId];
        if (text == null) {
            int from = start(valueId);
            text = new String(heap, from, ends[valueId] - from, StandardCharsets.UTF_8);
            texts[valueId] = text;
        }
        return text;
    }

    /// Hash of a value's bytes.
    long hash(int valueId) {
        return SeriesKey.hash(heap, start(valueId), ends[valueId]);
    }

    /// Number of series with a value, of those with ids below a bound.
    int seriesCount(int valueId, int idBound) {
        RoaringBitmap bitmap = postings[valueId];
        return bitmap == null ? 1 : bitmap.rank(idBound - 1);
    }

    /// @return the id of a value, or [TagColumn#ABSENT]
    int idOf(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int slot = slot(utf8, 0, utf8.length);
        return table[slot] == 0 ? TagColumn.ABSENT : table[slot] - 1;
    }

    /// Series with a value, cut to ids below a bound; the caller's own.
    RoaringBitmap postings(int valueId, int idBound) {
        RoaringBitmap bitmap = postings[valueId];
        if (bitmap == null) {
            return RoaringBitmap.bitmapOf(firstSeries[valueId]);
        }
        RoaringBitmap copy = bitmap.clone();
        copy.remove(idBound, 1L << 32);
        return copy;
    }

    private int findOrAdd(byte[] source, int from, int to, int seriesId) {
        int slot = slot(source, from, to);
        if (table[slot] != 0) {
            return table[slot] - 1;
        }
        int valueId = valueCount;
        if (valueId == ends.length) {
            grow();
        }
        int start = start(valueId);
        int length = to - from;
        if (start + length > heap.length) {
            heap = Arrays.copyOf(heap, Math.max(2 * heap.length, start + length));
        }
        System.arraycopy(source, from, heap, start, length);
        ends[valueId] = start + length;
        firstSeries[valueId] = seriesId;
        valueCount++;
        table[slot] = valueId + 1;
        if (valueCount * 2 > table.length) {
            rehash();
        }
        return valueId;
    }

    private void grow() {
        int capacity = 2 * ends.length;
        ends = Arrays.copyOf(ends, capacity);
        firstSeries = Arrays.copyOf(firstSeries, capacity);
        postings = Arrays.copyOf(postings, capacity);
        texts = Arrays.copyOf(texts, capacity);
    }

    private void rehash() {
        table = new int[2 * table.length];
        for (int id = 0; id < valueCount; id++) {
            table[slot(heap, start(id), ends[id])] = id + 1;
        }
    }

    /// The slot that holds the value, or the empty one where it belongs.
    private int slot(byte[] source, int from, int to) {
        int mask = table.length - 1;
        int slot = hash(source, from, to) & mask;
        while (table[slot] != 0) {
            int id = table[slot] - 1;
            if (Arrays.equals(heap, start(id), ends[id], source, from, to)) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int start(int valueId) {
        return valueId == 0 ? 0 : ends[valueId - 1];
    }

    private static int hash(byte[] source, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + source[i];
        }
        hash *= 0x9E3779B1;
        return hash ^ hash >>> 15;
    }
}
