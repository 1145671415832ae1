package io.tsdb.storage.model;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Values of one field for the rows of a [MeasurementRows]; row-aligned, with presence bits where
/// rows lack it.
///
/// Written row by row in ascending order by one thread. A value is 64 bits (see [FieldType]); a
/// string is `(offset << 32) | length` into [#heap()]. Strings are UTF-8.
public final class FieldColumn {
    /// [#decimals()] when at least one value was not a plain decimal of at most [#DECIMALS_MAX]
    /// places.
    public static final int DECIMALS_UNKNOWN = -1;

    /// Most decimal places that are worth scaling to an integer.
    public static final int DECIMALS_MAX = 15;

    /// [#number()] of a field that the catalog has not numbered yet.
    public static final int UNNUMBERED = -1;

    private final String name;
    private final FieldType type;
    private final BatchMemory memory;
    private int number;
    private long[] values;
    private int filled;
    private long @Nullable [] presence;
    private int decimals;
    private byte[] heap = EMPTY;
    private int heapSize;

    private static final byte[] EMPTY = {};

    FieldColumn(String name, int number, FieldType type, int capacity, BatchMemory memory) {
        memory.grow((long) capacity * Long.BYTES);
        this.name = name;
        this.number = number;
        this.type = type;
        this.memory = memory;
        this.values = new long[capacity];
    }

    /// As the sender knows it; empty in a batch that was read from a log.
    public String name() {
        return name;
    }

    /// Number of the field in its measurement, which the log knows it by; [#UNNUMBERED] before the
    /// catalog gave it one.
    public int number() {
        return number;
    }

    /// Gives the column its field's number.
    public void number(int fieldNumber) {
        number = fieldNumber;
    }

    public FieldType type() {
        return type;
    }

    /// Row-aligned values; entries of absent rows are undefined. Valid until the next row is added.
    public long[] values() {
        return values;
    }

    /// FLOAT64 only: the most decimal places any value was written with, a hint for the encoder;
    /// [#DECIMALS_UNKNOWN] when some value had an exponent or too many places.
    public int decimals() {
        return decimals;
    }

    /// Sets the value of a row; a second call for the same row replaces it.
    public void put(int row, long bits) {
        if (row == filled && presence == null) {
            if (row >= values.length) {
                growValues(row);
            }
            values[row] = bits;
            filled = row + 1;
        } else {
            putSparse(row, bits);
        }
    }

    /// Sets a float64 and what is known of its decimal form.
    public void putDouble(int row, long bits, int decimalPlaces) {
        put(row, bits);
        noteDecimals(decimalPlaces);
    }

    public void putString(int row, byte[] source, int from, int length) {
        if (heapSize + length > heap.length) {
            int capacity = Math.max(1024, 2 * (heapSize + length));
            memory.grow(capacity - heap.length);
            heap = Arrays.copyOf(heap, capacity);
        }
        System.arraycopy(source, from, heap, heapSize, length);
        put(row, ((long) heapSize << 32) | length);
        heapSize += length;
    }

    /// Takes the decimal places of a value into the column's hint.
    public void noteDecimals(int decimalPlaces) {
        if (decimals != DECIMALS_UNKNOWN) {
            if (decimalPlaces < 0 || decimalPlaces > DECIMALS_MAX) {
                decimals = DECIMALS_UNKNOWN;
            } else if (decimalPlaces > decimals) {
                decimals = decimalPlaces;
            }
        }
    }

    public boolean isPresent(int row) {
        long[] bits = presence;
        return bits == null ? row < filled : row < filled && (bits[row >>> 6] >>> row & 1) != 0;
    }

    /// One bit a row (bit `row & 63` of word `row >>> 6`), or null when all `rowCount` rows have a
    /// value.
    public long @Nullable [] presence(int rowCount) {
        if (presence == null && filled == rowCount) {
            return null;
        }
        long[] bits = materialisePresence(rowCount);
        if (filled < rowCount) {
            clearFrom(bits, filled);
        }
        return bits;
    }

    public byte[] heap() {
        return heap;
    }

    public int heapSize() {
        return heapSize;
    }

    private void growValues(int row) {
        int capacity = Math.max(64, 2 * row);
        memory.grow((long) (capacity - values.length) * Long.BYTES);
        values = Arrays.copyOf(values, capacity);
    }

    private void putSparse(int row, long bits) {
        if (row < filled && presence == null) {
            values[row] = bits;
            return;
        }
        long[] present = materialisePresence(row + 1);
        if (row >= values.length) {
            growValues(row);
        }
        values[row] = bits;
        present[row >>> 6] |= 1L << row;
        filled = Math.max(filled, row + 1);
    }

    private long[] materialisePresence(int rowCount) {
        int words = (rowCount + 63) >>> 6;
        long[] bits = presence;
        if (bits == null) {
            int capacity = Math.max(16, words);
            memory.grow((long) capacity * Long.BYTES);
            bits = new long[capacity];
            for (int row = 0; row < filled; row++) {
                bits[row >>> 6] |= 1L << row;
            }
        } else if (bits.length < words) {
            int capacity = Math.max(words, 2 * bits.length);
            memory.grow((long) (capacity - bits.length) * Long.BYTES);
            bits = Arrays.copyOf(bits, capacity);
        }
        presence = bits;
        return bits;
    }

    private static void clearFrom(long[] bits, int row) {
        int word = row >>> 6;
        if (word < bits.length) {
            bits[word] &= (1L << row) - 1;
            Arrays.fill(bits, word + 1, bits.length, 0);
        }
    }

    void truncate(int rowCount) {
        if (filled > rowCount) {
            filled = rowCount;
            long[] bits = presence;
            if (bits != null) {
                clearFrom(bits, rowCount);
            }
        }
    }

    void clear() {
        filled = 0;
        long[] bits = presence;
        if (bits != null) {
            memory.shrink((long) bits.length * Long.BYTES);
            presence = null;
        }
        decimals = 0;
        heapSize = 0;
    }

    /// Whether no row has a value.
    public boolean isEmpty() {
        return filled == 0;
    }
}
