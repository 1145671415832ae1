package io.tsdb.storage.block;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.Presence;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Builds blocks: times first, then columns in ascending order of their field index, then [#build].
///
/// One thread; kept and reused, since it owns the scratch memory of the encoders.
public final class BlockBuilder {
    private long[] times = {};
    private int count;
    private final List<Block.Column> columns = new ArrayList<>();

    /// Starts a block.
    ///
    /// @param times nanoseconds, strictly ascending; read only, until [#build]
    /// @param count 1 to [Block#POINTS_MAX]
    public void begin(long[] times, int count) {
        if (count < 1 || count > Block.POINTS_MAX) {
            throw new IllegalArgumentException("a block has 1 to 1024 points, not " + count);
        }
        this.times = times;
        this.count = count;
        columns.clear();
    }

    /// Adds an INT64 or BOOL column; one without any value is left out.
    ///
    /// @param bits row-aligned values; entries of absent rows are ignored
    /// @param presence one bit a row, or null when every row has a value
    public void longs(int fieldIndex, FieldType type, long[] bits, long @Nullable [] presence) {
        add(fieldIndex, type, bits, presence, new byte[0][]);
    }

    /// Adds a FLOAT64 column; one without any value is left out.
    ///
    /// @param rawBits row-aligned IEEE bits
    /// @param decimalsHint most decimal places of the values, -1 when unknown
    ///   ([io.tsdb.storage.model.FieldColumn#decimals]); a wrong hint costs space, never values
    public void doubles(
            int fieldIndex, long[] rawBits, int decimalsHint, long @Nullable [] presence) {
        add(fieldIndex, FieldType.FLOAT64, rawBits, presence, new byte[0][]);
    }

    /// Adds a STRING column; one without any value is left out.
    ///
    /// @param heap holds the UTF-8 bytes of the strings
    /// @param refs row-aligned `(offset << 32) | length` into the heap
    public void strings(int fieldIndex, byte[] heap, long[] refs, long @Nullable [] presence) {
        Map<String, Integer> ids = new HashMap<>();
        List<byte[]> texts = new ArrayList<>();
        long[] bits = new long[count];
        for (int i = 0; i < count; i++) {
            if (presence == null || (presence[i >> 6] >>> i & 1) != 0) {
                int offset = (int) (refs[i] >>> 32);
                int length = (int) refs[i];
                byte[] text = Arrays.copyOfRange(heap, offset, offset + length);
                String key = new String(text, java.nio.charset.StandardCharsets.ISO_8859_1);
                Integer id = ids.get(key);
                if (id == null) {
                    id = texts.size();
                    ids.put(key, id);
                    texts.add(text);
                }
                bits[i] = id;
            }
        }
        add(fieldIndex, FieldType.STRING, bits, presence, texts.toArray(new byte[0][]));
    }

    /// Finishes the block.
    public Block build() {
        return new Block(Arrays.copyOf(times, count), columns.toArray(new Block.Column[0]));
    }

    private void add(
            int fieldIndex,
            FieldType type,
            long[] bits,
            long @Nullable [] presence,
            byte[][] dictionary) {
        long[] present = new long[16];
        int values = 0;
        int first = -1;
        int last = -1;
        long sum = 0;
        boolean exact = true;
        double doubleSum = 0;
        long min = 0;
        long max = 0;
        for (int i = 0; i < count; i++) {
            if (presence != null && (presence[i >> 6] >>> i & 1) == 0) {
                continue;
            }
            present[i >> 6] |= 1L << i;
            long value = bits[i];
            if (type == FieldType.FLOAT64) {
                double d = Double.longBitsToDouble(value);
                doubleSum += d;
                if (values == 0 || Double.compare(d, Double.longBitsToDouble(min)) < 0) {
                    min = value;
                }
                if (values == 0 || Double.compare(d, Double.longBitsToDouble(max)) > 0) {
                    max = value;
                }
            } else {
                long next = sum + value;
                exact &= ((sum ^ next) & (value ^ next)) >= 0;
                sum = next;
                min = values == 0 ? value : Math.min(min, value);
                max = values == 0 ? value : Math.max(max, value);
            }
            first = values == 0 ? i : first;
            last = i;
            values++;
        }
        if (values == 0) {
            return;
        }
        boolean string = type == FieldType.STRING;
        var statistics =
                new ColumnStatistics(
                        type,
                        values,
                        string
                                ? 0
                                : type == FieldType.FLOAT64
                                        ? Double.doubleToRawLongBits(doubleSum)
                                        : sum,
                        exact,
                        string ? 0 : min,
                        string ? 0 : max,
                        string ? 0 : bits[first],
                        string ? 0 : bits[last],
                        times[first],
                        times[last]);
        columns.add(
                new Block.Column(
                        fieldIndex,
                        type,
                        Arrays.copyOf(bits, count),
                        present,
                        values == count ? Presence.ALL : Presence.SOME,
                        dictionary,
                        statistics));
    }
}
