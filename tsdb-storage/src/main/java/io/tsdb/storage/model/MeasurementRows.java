package io.tsdb.storage.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Rows of one measurement in a [PointBatch]: a series, a time and field columns, in the order they
/// were sent.
///
/// Order matters: of two rows with the same series and time the later one wins, field by field.
public final class MeasurementRows {
    private static final int BYTES_PER_ROW = Integer.BYTES + Long.BYTES;
    private static final int ROWS_MIN = 64;

    /// Of the objects around the arrays of a measurement or a series key, about.
    private static final int BYTES_PER_OBJECT = 128;

    /// [#number()] of a measurement that the catalog has not numbered yet.
    public static final int UNNUMBERED = 0;

    private final String measurement;
    private final BatchMemory memory;
    private int number;
    private int rowCount;
    private int[] series = new int[ROWS_MIN];
    private long[] times = new long[ROWS_MIN];
    private final List<FieldColumn> columns = new ArrayList<>();
    private final Map<String, FieldColumn> byName = new HashMap<>();
    private final List<SeriesKey> newSeries = new ArrayList<>();
    private long newSeriesBytes;

    MeasurementRows(String measurement, int number, BatchMemory memory) {
        memory.grow(ROWS_MIN * BYTES_PER_ROW + BYTES_PER_OBJECT);
        this.measurement = measurement;
        this.number = number;
        this.memory = memory;
    }

    /// As the sender knows it; empty in a batch that was read from a log.
    public String measurement() {
        return measurement;
    }

    /// Number of the measurement in its database, which the log knows it by; [#UNNUMBERED] before
    /// the catalog gave it one.
    public int number() {
        return number;
    }

    /// Gives the rows their measurement's number.
    public void number(int measurementNumber) {
        number = measurementNumber;
    }

    public int rowCount() {
        return rowCount;
    }

    /// Per row the shard-local series id, or `~index` into [#newSeries()] where the shard had none
    /// yet.
    public int[] series() {
        return series;
    }

    /// Per row nanoseconds since the epoch.
    public long[] times() {
        return times;
    }

    public List<FieldColumn> columns() {
        return columns;
    }

    /// Keys of series that the shard did not know when the batch was built; it assigns ids when it
    /// applies the batch.
    public List<SeriesKey> newSeries() {
        return newSeries;
    }

    /// @return the row's number, for [FieldColumn#put]
    public int addRow(int seriesRef, long timeNanos) {
        int row = rowCount;
        if (row == series.length) {
            memory.grow((long) row * BYTES_PER_ROW);
            series = Arrays.copyOf(series, 2 * row);
            times = Arrays.copyOf(times, 2 * row);
        }
        series[row] = seriesRef;
        times[row] = timeNanos;
        rowCount = row + 1;
        return row;
    }

    /// Takes back the newest row, whose line turned out wrong.
    public void dropLastRow() {
        rowCount--;
        for (FieldColumn column : columns) {
            column.truncate(rowCount);
        }
    }

    /// @return reference for [#addRow] of a series the shard does not know yet
    public int addNewSeries(SeriesKey key) {
        int size = key.bytes().length + BYTES_PER_OBJECT;
        memory.grow(size);
        newSeriesBytes += size;
        newSeries.add(key);
        return ~(newSeries.size() - 1);
    }

    /// Has rows of a series that the shard has forgotten since they were read belong to a new one.
    /// It is not counted as memory: the batch is on its way, and refused no more.
    ///
    /// @return reference for [#series()]
    public int addForgottenSeries(SeriesKey key) {
        newSeries.add(key);
        return ~(newSeries.size() - 1);
    }

    /// The column of a field, added when the batch has none; the type must be the measurement's
    /// type of that field.
    public FieldColumn column(String name, FieldType type) {
        FieldColumn known = byName.get(name);
        if (known == null) {
            known = addColumn(name, FieldColumn.UNNUMBERED, type);
            byName.put(name, known);
        } else if (known.type() != type) {
            throw new IllegalStateException(
                    "BUG: field "
                            + name
                            + " is "
                            + known.type()
                            + " and "
                            + type
                            + " in one batch");
        }
        return known;
    }

    /// Adds the column of a numbered field; the caller sees to it that there is none yet.
    public FieldColumn addColumn(int fieldNumber, FieldType type) {
        return addColumn("", fieldNumber, type);
    }

    private FieldColumn addColumn(String name, int fieldNumber, FieldType type) {
        var added = new FieldColumn(name, fieldNumber, type, series.length, memory);
        memory.grow(BYTES_PER_OBJECT);
        columns.add(added);
        return added;
    }

    void clear() {
        rowCount = 0;
        newSeries.clear();
        memory.shrink(newSeriesBytes);
        newSeriesBytes = 0;
        for (FieldColumn column : columns) {
            column.clear();
        }
    }
}
