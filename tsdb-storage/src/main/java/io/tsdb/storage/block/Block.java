package io.tsdb.storage.block;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.Presence;

import java.nio.charset.StandardCharsets;

/// Up to [#POINTS_MAX] points of one series: a column of strictly ascending times and one column
/// per field, with statistics.
///
/// Immutable, any thread. Built by [BlockBuilder]. Columns that no row has a value for do not
/// exist.
public final class Block {
    /// Most points of a block.
    public static final int POINTS_MAX = 1024;

    record Column(
            int fieldIndex,
            FieldType type,
            long[] bits,
            long[] presence,
            Presence present,
            byte[][] dictionary,
            ColumnStatistics statistics) {}

    private final long[] times;
    private final Column[] columns;

    Block(long[] times, Column[] columns) {
        this.times = times;
        this.columns = columns;
    }

    /// Number of points, 1 to [#POINTS_MAX].
    public int pointCount() {
        return times.length;
    }

    /// Time of the first point, nanoseconds.
    public long minTime() {
        return times[0];
    }

    /// Time of the last point, nanoseconds.
    public long maxTime() {
        return times[times.length - 1];
    }

    public int columnCount() {
        return columns.length;
    }

    /// Index of the column's field within the measurement; ascends with the columns.
    public int fieldIndex(int column) {
        return columns[column].fieldIndex;
    }

    /// @return the column of a field, or -1 when no point here has the field
    public int columnOf(int fieldIndex) {
        for (int i = 0; i < columns.length; i++) {
            if (columns[i].fieldIndex == fieldIndex) {
                return i;
            }
        }
        return -1;
    }

    public FieldType type(int column) {
        return columns[column].type;
    }

    public ColumnStatistics statistics(int column) {
        return columns[column].statistics;
    }

    /// @param target receives nanoseconds, strictly ascending, in `[0, pointCount())`
    public void decodeTimes(long[] target) {
        System.arraycopy(times, 0, target, 0, times.length);
    }

    /// Values of an INT64 or BOOL column, or the raw IEEE bits of a FLOAT64 column.
    public Presence decodeLongs(int column, long[] target, long[] presence) {
        Column c = columns[column];
        System.arraycopy(c.bits, 0, target, 0, times.length);
        System.arraycopy(c.presence, 0, presence, 0, c.presence.length);
        return c.present;
    }

    /// Values of a FLOAT64 column.
    public Presence decodeDoubles(int column, double[] target, long[] presence) {
        Column c = columns[column];
        for (int i = 0; i < times.length; i++) {
            target[i] = Double.longBitsToDouble(c.bits[i]);
        }
        System.arraycopy(c.presence, 0, presence, 0, c.presence.length);
        return c.present;
    }

    /// Values of a STRING column as ids into [#dictionary].
    public Presence decodeStringIds(int column, int[] target, long[] presence) {
        Column c = columns[column];
        for (int i = 0; i < times.length; i++) {
            target[i] = (int) c.bits[i];
        }
        System.arraycopy(c.presence, 0, presence, 0, c.presence.length);
        return c.present;
    }

    /// Distinct strings of a STRING column, by id.
    public String[] dictionary(int column) {
        byte[][] bytes = dictionaryBytes(column);
        String[] texts = new String[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            texts[i] = new String(bytes[i], StandardCharsets.UTF_8);
        }
        return texts;
    }

    /// Distinct strings of a STRING column as UTF-8, by id.
    public byte[][] dictionaryBytes(int column) {
        return columns[column].dictionary;
    }

    /// Bytes of heap this block takes, for the memory budget.
    public int sizeBytes() {
        int size = 64 + 8 * times.length;
        for (Column c : columns) {
            size += 200 + 8 * (c.bits.length + c.presence.length);
            for (byte[] text : c.dictionary) {
                size += 16 + text.length;
            }
        }
        return size;
    }
}
