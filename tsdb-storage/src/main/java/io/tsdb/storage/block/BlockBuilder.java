package io.tsdb.storage.block;

import io.tsdb.storage.codec.ColumnEncoder;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.model.FieldType;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Builds blocks: times first, then columns in ascending order of their field index, then [#build].
///
/// One thread; kept and reused, since it owns the scratch memory of the encoders: nothing is
/// allocated but the block.
public final class BlockBuilder {
    private final ColumnEncoder encoder = new ColumnEncoder();
    private final ColumnSummary summary = new ColumnSummary();
    private final ByteSink sink = new ByteSink();
    private final long[] filled = new long[Block.POINTS_MAX];
    private final long[] present = new long[Block.POINTS_MAX / 64];
    private byte[] directory = new byte[16 * BlockLayout.ENTRY_BYTES];
    private int columnCount;
    private int lastFieldIndex;
    private int timesEnd;
    private long[] times = {};
    private int count;
    private int valueCount;

    /// Starts a block.
    ///
    /// @param times nanoseconds, strictly ascending; read only, until [#build]
    /// @param count 1 to [Block#POINTS_MAX]
    public void begin(long[] times, int count) {
        if (count < 1 || count > Block.POINTS_MAX) {
            throw new IllegalArgumentException(
                    "a block has 1 to " + Block.POINTS_MAX + " points, not " + count);
        }
        this.times = times;
        this.count = count;
        columnCount = 0;
        lastFieldIndex = -1;
        sink.clear();
        encoder.encodeTimes(times, count, sink);
        timesEnd = sink.size();
    }

    /// Adds an INT64, UINT64 or BOOL column; one without any value is left out.
    ///
    /// @param bits row-aligned values; entries of absent rows are ignored
    /// @param presence one bit a row, or null when every row has a value
    public void longs(int fieldIndex, FieldType type, long[] bits, long @Nullable [] presence) {
        long @Nullable [] some = takePresence(presence);
        if (valueCount == 0) {
            return;
        }
        long[] values = some == null ? bits : fill(bits, some);
        int section = beginSection(some);
        int flags = putStatistics(type, values, some);
        encoder.encodeLongs(values, count, sink);
        endSection(fieldIndex, type, section, flags);
    }

    /// Adds a FLOAT64 column; one without any value is left out.
    ///
    /// @param rawBits row-aligned IEEE bits
    /// @param decimalsHint most decimal places of the values, -1 when unknown
    ///   ([io.tsdb.storage.model.FieldColumn#decimals]); a wrong hint costs space, never values
    public void doubles(
            int fieldIndex, long[] rawBits, int decimalsHint, long @Nullable [] presence) {
        long @Nullable [] some = takePresence(presence);
        if (valueCount == 0) {
            return;
        }
        long[] values = some == null ? rawBits : fill(rawBits, some);
        int section = beginSection(some);
        int flags = putStatistics(FieldType.FLOAT64, values, some);
        int decimals = encoder.encodeDoubles(values, count, decimalsHint, sink);
        flags |= (decimals + 1) << BlockLayout.DECIMALS_SHIFT;
        endSection(fieldIndex, FieldType.FLOAT64, section, flags);
    }

    /// Adds a STRING column; one without any value is left out.
    ///
    /// @param heap holds the UTF-8 bytes of the strings
    /// @param refs row-aligned `(offset << 32) | length` into the heap
    public void strings(int fieldIndex, byte[] heap, long[] refs, long @Nullable [] presence) {
        long @Nullable [] some = takePresence(presence);
        if (valueCount == 0) {
            return;
        }
        long[] values = some == null ? refs : fill(refs, some);
        int section = beginSection(some);
        int flags = putStatistics(FieldType.STRING, values, some);
        encoder.encodeStrings(heap, values, count, sink);
        endSection(fieldIndex, FieldType.STRING, section, flags);
    }

    /// Finishes the block.
    public Block build() {
        int directoryBytes = columnCount * BlockLayout.ENTRY_BYTES;
        byte[] bytes = new byte[directoryBytes + sink.size()];
        System.arraycopy(directory, 0, bytes, 0, directoryBytes);
        System.arraycopy(sink.bytes(), 0, bytes, directoryBytes, sink.size());
        for (int column = 0; column < columnCount; column++) {
            int at = column * BlockLayout.ENTRY_BYTES + BlockLayout.SECTION;
            BlockLayout.INT.set(bytes, at, (int) BlockLayout.INT.get(bytes, at) + directoryBytes);
        }
        return new Block(
                bytes, count, columnCount, directoryBytes + timesEnd, times[0], times[count - 1]);
    }

    /// Counts the values.
    ///
    /// @return the presence cut to the block's rows, or null when all are there
    private long @Nullable [] takePresence(long @Nullable [] presence) {
        valueCount = count;
        if (presence == null) {
            return null;
        }
        int words = (count + 63) >>> 6;
        valueCount = 0;
        for (int word = 0; word < words; word++) {
            long bits = presence[word];
            if (word == words - 1 && (count & 63) != 0) {
                bits &= (1L << count) - 1;
            }
            present[word] = bits;
            valueCount += Long.bitCount(bits);
        }
        return valueCount == count ? null : present;
    }

    /// Gives absent rows the value before them, or the first value, so that they cost little.
    private long[] fill(long[] bits, long[] presence) {
        long previous = bits[firstRow(presence)];
        for (int i = 0; i < count; i++) {
            long mask = -(presence[i >>> 6] >>> i & 1);
            previous = bits[i] & mask | previous & ~mask;
            filled[i] = previous;
        }
        return filled;
    }

    private int beginSection(long @Nullable [] some) {
        int section = sink.size();
        if (some != null) {
            int size = BlockLayout.presenceBytes(count);
            for (int i = 0; i < size; i += Long.BYTES) {
                sink.putSigned(some[i >>> 3], Math.min(Long.BYTES, size - i));
            }
        }
        return section;
    }

    /// @return flags
    private int putStatistics(FieldType type, long[] values, long @Nullable [] some) {
        int flags = some == null ? 0 : BlockLayout.SOME_PRESENT;
        if (count < BlockLayout.STATISTICS_POINTS_MIN) {
            return flags;
        }
        summary.of(type, values, count, some);
        if (type != FieldType.STRING) {
            sink.putLong(summary.sum);
            sink.putLong(summary.min);
            sink.putLong(summary.max);
            sink.putLong(values[0]);
            sink.putLong(values[count - 1]);
        }
        if (some != null) {
            sink.putLong(times[firstRow(some)]);
            sink.putLong(times[lastRow(some)]);
        }
        return flags | BlockLayout.STATISTICS | (summary.sumExact ? BlockLayout.SUM_EXACT : 0);
    }

    private void endSection(int fieldIndex, FieldType type, int section, int flags) {
        if (fieldIndex <= lastFieldIndex) {
            throw new IllegalArgumentException(
                    "field " + fieldIndex + " comes after field " + lastFieldIndex);
        }
        lastFieldIndex = fieldIndex;
        int entry = columnCount * BlockLayout.ENTRY_BYTES;
        if (entry == directory.length) {
            directory = Arrays.copyOf(directory, 2 * entry);
        }
        BlockLayout.INT.set(directory, entry + BlockLayout.FIELD_INDEX, fieldIndex);
        BlockLayout.INT.set(directory, entry + BlockLayout.SECTION, section);
        BlockLayout.SHORT.set(directory, entry + BlockLayout.VALUE_COUNT, (short) valueCount);
        directory[entry + BlockLayout.TYPE] = (byte) type.id();
        directory[entry + BlockLayout.FLAGS] = (byte) flags;
        columnCount++;
    }

    private static int firstRow(long[] presence) {
        int word = 0;
        while (presence[word] == 0) {
            word++;
        }
        return 64 * word + Long.numberOfTrailingZeros(presence[word]);
    }

    private int lastRow(long[] presence) {
        int word = (count - 1) >>> 6;
        while (presence[word] == 0) {
            word--;
        }
        return 64 * word + 63 - Long.numberOfLeadingZeros(presence[word]);
    }
}
