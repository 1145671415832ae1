package io.tsdb.storage.shard;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.schema.FieldSchema;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// A field of the rows of a [LatestTable]: bits as in [FieldType], of strings the number in a
/// dictionary that grows until the table is made anew. Guarded by the table's lock.
final class LatestColumn {
    /// An entry of the dictionary without its characters.
    private static final long TEXT_BYTES = 96;

    /// Strings that no row needs any more, beside as many as there are rows.
    private static final int SPARE_TEXTS = 1024;

    private final FieldSchema field;
    private long[] bits = {};
    private long[] present = {};
    private final Map<String, Integer> numbers = new HashMap<>();
    private String[] texts = {};
    private long textBytes;
    private volatile String[] wholeTexts = {};

    /// Room for a block of a cursor.
    static final class Scratch {
        private final long[] longs = new long[BlockCursor.ROWS_MAX];
        private final double[] doubles = new double[BlockCursor.ROWS_MAX];
        private final int[] ids = new int[BlockCursor.ROWS_MAX];
        private final long[] presence = new long[BlockCursor.PRESENCE_WORDS];
    }

    LatestColumn(FieldSchema field) {
        this.field = field;
    }

    FieldSchema field() {
        return field;
    }

    void ensure(int rows) {
        bits = Arrays.copyOf(bits, rows);
        present = Arrays.copyOf(present, (rows + 63) >>> 6);
    }

    /// Memory of the dictionary, about.
    long textBytes() {
        return textBytes;
    }

    /// Whether most strings of the dictionary are those of rows that were replaced.
    boolean isUntidy(int rows) {
        return numbers.size() > 2 * rows + SPARE_TEXTS;
    }

    /// Strings by number.
    String[] texts() {
        String[] whole = wholeTexts;
        if (whole.length != numbers.size()) {
            whole = Arrays.copyOf(texts, numbers.size());
            wholeTexts = whole;
        }
        return whole;
    }

    /// Takes the value of the one row that a cursor was narrowed to.
    void set(int at, BlockCursor cursor, int column, Scratch scratch) {
        Presence found =
                switch (field.type()) {
                    case INT64, UINT64, BOOL ->
                            cursor.longs(column, scratch.longs, scratch.presence);
                    case FLOAT64 -> cursor.doubles(column, scratch.doubles, scratch.presence);
                    case STRING -> cursor.stringIds(column, scratch.ids, scratch.presence);
                };
        if (found == Presence.NONE || found == Presence.SOME && (scratch.presence[0] & 1) == 0) {
            present[at >>> 6] &= ~(1L << at);
            return;
        }
        present[at >>> 6] |= 1L << at;
        bits[at] =
                switch (field.type()) {
                    case INT64, UINT64, BOOL -> scratch.longs[0];
                    case FLOAT64 -> Double.doubleToRawLongBits(scratch.doubles[0]);
                    case STRING -> number(cursor.dictionary(column)[scratch.ids[0]]);
                };
    }

    private int number(String text) {
        Integer known = numbers.get(text);
        if (known != null) {
            return known;
        }
        int number = numbers.size();
        if (number == texts.length) {
            texts = Arrays.copyOf(texts, Math.max(16, 2 * number));
        }
        texts[number] = text;
        numbers.put(text, number);
        textBytes += TEXT_BYTES + 2L * text.length();
        return number;
    }

    Presence gather(int[] places, int count, long[] target, long[] presence) {
        for (int row = 0; row < count; row++) {
            target[row] = bits[places[row]];
        }
        return presence(places, count, presence);
    }

    Presence gather(int[] places, int count, double[] target, long[] presence) {
        for (int row = 0; row < count; row++) {
            target[row] = Double.longBitsToDouble(bits[places[row]]);
        }
        return presence(places, count, presence);
    }

    Presence gather(int[] places, int count, int[] target, long[] presence) {
        for (int row = 0; row < count; row++) {
            target[row] = (int) bits[places[row]];
        }
        return presence(places, count, presence);
    }

    private Presence presence(int[] places, int count, long[] target) {
        int found = 0;
        for (int from = 0; from < count; from += Long.SIZE) {
            long word = 0;
            int to = Math.min(count, from + Long.SIZE);
            for (int row = from; row < to; row++) {
                int place = places[row];
                word |= (present[place >>> 6] >>> place & 1) << row;
            }
            target[from >>> 6] = word;
            found += Long.bitCount(word);
        }
        return found == count ? Presence.ALL : found == 0 ? Presence.NONE : Presence.SOME;
    }
}
