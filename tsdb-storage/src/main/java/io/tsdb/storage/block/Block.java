package io.tsdb.storage.block;

import io.tsdb.storage.codec.ColumnDecoder;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.Presence;

import java.nio.charset.StandardCharsets;

/// Up to [#POINTS_MAX] points of one series: a column of strictly ascending times and one column
/// per field, encoded, with statistics.
///
/// Immutable, any thread. Built by [BlockBuilder]; columns that no row has a value for do not
/// exist. Decoding writes rows `[0, pointCount())` of the target and leaves its tail as it was.
public final class Block {
    /// Most points of a block.
    public static final int POINTS_MAX = 1024;

    /// Heap that a block takes besides its bytes: this object and the array's head.
    private static final int OBJECT_BYTES = 64;

    private final byte[] bytes;
    private final int pointCount;
    private final int columnCount;
    private final int timesEnd;
    private final long minTime;
    private final long maxTime;

    /// @param bytes as [BlockLayout] says
    Block(byte[] bytes, int pointCount, int columnCount, int timesEnd, long minTime, long maxTime) {
        this.bytes = bytes;
        this.pointCount = pointCount;
        this.columnCount = columnCount;
        this.timesEnd = timesEnd;
        this.minTime = minTime;
        this.maxTime = maxTime;
    }

    /// Number of points, 1 to [#POINTS_MAX].
    public int pointCount() {
        return pointCount;
    }

    /// Time of the first point, nanoseconds.
    public long minTime() {
        return minTime;
    }

    /// Time of the last point, nanoseconds.
    public long maxTime() {
        return maxTime;
    }

    public int columnCount() {
        return columnCount;
    }

    /// Index of the column's field within the measurement; ascends with the columns.
    public int fieldIndex(int column) {
        return (int) BlockLayout.INT.get(bytes, entry(column) + BlockLayout.FIELD_INDEX);
    }

    /// @return the column of a field, or -1 when no point here has the field
    public int columnOf(int fieldIndex) {
        int low = 0;
        int high = columnCount - 1;
        if (fieldIndex <= high && fieldIndex(fieldIndex) == fieldIndex) {
            return fieldIndex; // as long as no field is missing
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int found = fieldIndex(middle);
            if (found == fieldIndex) {
                return middle;
            }
            if (found < fieldIndex) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    public FieldType type(int column) {
        return FieldType.ofId(bytes[entry(column) + BlockLayout.TYPE]);
    }

    /// Decimal places that a FLOAT64 column is scaled by, or -1 when it is not; for an encoder of
    /// the same values again.
    public int decimals(int column) {
        return ((flags(column) & 0xFF) >>> BlockLayout.DECIMALS_SHIFT) - 1;
    }

    /// Exact statistics of a column; decoded from its values where the block is small.
    public ColumnStatistics statistics(int column) {
        int flags = flags(column);
        FieldType type = type(column);
        if ((flags & BlockLayout.STATISTICS) == 0) {
            return computeStatistics(column, type);
        }
        boolean some = (flags & BlockLayout.SOME_PRESENT) != 0;
        int at = section(column) + (some ? BlockLayout.presenceBytes(pointCount) : 0);
        int timesAt = type == FieldType.STRING ? at : at + BlockLayout.VALUE_STATISTICS_BYTES;
        long firstTime = some ? longAt(timesAt) : minTime;
        long lastTime = some ? longAt(timesAt + 8) : maxTime;
        int count = valueCount(column);
        if (type == FieldType.STRING) {
            return new ColumnStatistics(type, count, 0, true, 0, 0, 0, 0, firstTime, lastTime);
        }
        return new ColumnStatistics(
                type,
                count,
                longAt(at),
                (flags & BlockLayout.SUM_EXACT) != 0,
                longAt(at + 8),
                longAt(at + 16),
                longAt(at + 24),
                longAt(at + 32),
                firstTime,
                lastTime);
    }

    /// @param target receives nanoseconds, strictly ascending
    public void decodeTimes(long[] target) {
        int from = columnCount * BlockLayout.ENTRY_BYTES;
        ColumnDecoder.decodeTimes(bytes, from, timesEnd, pointCount, target);
    }

    /// Values of an INT64 or BOOL column, or the raw IEEE bits of a FLOAT64 column.
    ///
    /// Entries of absent rows repeat a neighbour's value.
    ///
    /// @param presence receives a bit a row when some are absent
    /// @throws CorruptDataException when the block's bytes were damaged in memory
    public Presence decodeLongs(int column, long[] target, long[] presence) {
        int from = encoded(column);
        int to = sectionEnd(column);
        if (type(column) == FieldType.FLOAT64) {
            ColumnDecoder.decodeDoubleBits(bytes, from, to, pointCount, target);
        } else {
            ColumnDecoder.decodeLongs(bytes, from, to, pointCount, target);
        }
        return decodePresence(column, presence);
    }

    /// Values of a FLOAT64 column; otherwise as [#decodeLongs].
    public Presence decodeDoubles(int column, double[] target, long[] presence) {
        int from = encoded(column);
        ColumnDecoder.decodeDoubles(bytes, from, sectionEnd(column), pointCount, target);
        return decodePresence(column, presence);
    }

    /// Values of a STRING column as ids into [#dictionary]; otherwise as [#decodeLongs].
    public Presence decodeStringIds(int column, int[] target, long[] presence) {
        int from = encoded(column);
        ColumnDecoder.decodeStringIds(bytes, from, sectionEnd(column), pointCount, target);
        return decodePresence(column, presence);
    }

    /// Distinct strings of a STRING column, by id.
    public String[] dictionary(int column) {
        byte[][] utf8 = dictionaryBytes(column);
        String[] texts = new String[utf8.length];
        for (int i = 0; i < utf8.length; i++) {
            texts[i] = new String(utf8[i], StandardCharsets.UTF_8);
        }
        return texts;
    }

    /// Distinct strings of a STRING column as UTF-8, by id.
    public byte[][] dictionaryBytes(int column) {
        int from = encoded(column);
        return ColumnDecoder.decodeDictionary(bytes, from, sectionEnd(column), pointCount);
    }

    /// The same rows with the columns of both; where both have a column, this one's.
    ///
    /// @param other has the same rows
    public Block with(Block other) {
        if (other.pointCount != pointCount
                || other.minTime != minTime
                || other.maxTime != maxTime) {
            throw new IllegalArgumentException("BUG: blocks of other rows");
        }
        int columns = columnCount;
        int size = bytes.length;
        for (int column = 0; column < other.columnCount; column++) {
            if (columnOf(other.fieldIndex(column)) < 0) {
                columns++;
                size += BlockLayout.ENTRY_BYTES + other.sectionBytes(column);
            }
        }
        if (columns == columnCount) {
            return this;
        }
        byte[] joined = new byte[size];
        int timesFrom = columnCount * BlockLayout.ENTRY_BYTES;
        int at = columns * BlockLayout.ENTRY_BYTES;
        System.arraycopy(bytes, timesFrom, joined, at, timesEnd - timesFrom);
        at += timesEnd - timesFrom;
        int joinedTimesEnd = at;
        int own = 0;
        int others = 0;
        for (int column = 0; column < columns; column++) {
            int field = own < columnCount ? fieldIndex(own) : Integer.MAX_VALUE;
            while (others < other.columnCount && columnOf(other.fieldIndex(others)) >= 0) {
                others++;
            }
            boolean isOwn = others == other.columnCount || field < other.fieldIndex(others);
            at =
                    isOwn
                            ? copyColumn(own++, joined, column, at)
                            : other.copyColumn(others++, joined, column, at);
        }
        return new Block(joined, pointCount, columns, joinedTimesEnd, minTime, maxTime);
    }

    /// @param sectionAt where the column's section goes
    /// @return where it ends
    private int copyColumn(int column, byte[] target, int targetColumn, int sectionAt) {
        int entryAt = targetColumn * BlockLayout.ENTRY_BYTES;
        System.arraycopy(bytes, entry(column), target, entryAt, BlockLayout.ENTRY_BYTES);
        BlockLayout.INT.set(target, entryAt + BlockLayout.SECTION, sectionAt);
        System.arraycopy(bytes, section(column), target, sectionAt, sectionBytes(column));
        return sectionAt + sectionBytes(column);
    }

    private int sectionBytes(int column) {
        return sectionEnd(column) - section(column);
    }

    /// Bytes of heap this block takes, for the memory budget.
    public int sizeBytes() {
        return OBJECT_BYTES + (bytes.length + 7 & -8);
    }

    /// Bytes that a column's values take, for figures.
    int encodedBytes(int column) {
        return sectionEnd(column) - encoded(column);
    }

    /// Bytes that the times take, for figures.
    int encodedTimesBytes() {
        return timesEnd - columnCount * BlockLayout.ENTRY_BYTES;
    }

    private Presence decodePresence(int column, long[] presence) {
        if ((flags(column) & BlockLayout.SOME_PRESENT) == 0) {
            return Presence.ALL;
        }
        int at = section(column);
        int size = BlockLayout.presenceBytes(pointCount);
        int words = size >>> 3;
        for (int word = 0; word < words; word++) {
            presence[word] = longAt(at + 8 * word);
        }
        if ((size & 7) != 0) {
            long last = 0;
            for (int i = 8 * words; i < size; i++) {
                last |= (bytes[at + i] & 0xFFL) << (8 * i);
            }
            presence[words] = last;
        }
        return Presence.SOME;
    }

    private ColumnStatistics computeStatistics(int column, FieldType type) {
        long[] presence = new long[1];
        long[] times = new long[pointCount];
        long[] values = new long[pointCount];
        Presence present;
        if (type == FieldType.STRING) {
            present = decodePresence(column, presence);
        } else {
            present = decodeLongs(column, values, presence);
        }
        boolean some = present == Presence.SOME;
        int first = some ? Long.numberOfTrailingZeros(presence[0]) : 0;
        int last = some ? 63 - Long.numberOfLeadingZeros(presence[0]) : pointCount - 1;
        if (some) {
            decodeTimes(times);
        }
        ColumnSummary summary = new ColumnSummary();
        summary.of(type, values, pointCount, some ? presence : null);
        return summary.toStatistics(
                type,
                valueCount(column),
                values[first],
                values[last],
                some ? times[first] : minTime,
                some ? times[last] : maxTime);
    }

    private int entry(int column) {
        if (column < 0 || column >= columnCount) {
            throw new IndexOutOfBoundsException("column " + column + " of " + columnCount);
        }
        return column * BlockLayout.ENTRY_BYTES;
    }

    private int flags(int column) {
        return bytes[entry(column) + BlockLayout.FLAGS];
    }

    private int valueCount(int column) {
        return (short) BlockLayout.SHORT.get(bytes, entry(column) + BlockLayout.VALUE_COUNT);
    }

    private int section(int column) {
        return (int) BlockLayout.INT.get(bytes, entry(column) + BlockLayout.SECTION);
    }

    private int sectionEnd(int column) {
        return column + 1 < columnCount ? section(column + 1) : bytes.length;
    }

    private int encoded(int column) {
        int flags = flags(column);
        int at = section(column);
        boolean some = (flags & BlockLayout.SOME_PRESENT) != 0;
        if (some) {
            at += BlockLayout.presenceBytes(pointCount);
        }
        if ((flags & BlockLayout.STATISTICS) != 0) {
            at += some ? BlockLayout.TIME_STATISTICS_BYTES : 0;
            at += type(column) == FieldType.STRING ? 0 : BlockLayout.VALUE_STATISTICS_BYTES;
        }
        return at;
    }

    private long longAt(int at) {
        return (long) BlockLayout.LONG.get(bytes, at);
    }
}
