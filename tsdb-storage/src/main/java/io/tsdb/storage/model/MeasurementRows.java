package io.tsdb.storage.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows of one measurement in a [PointBatch]: a series, a time and field columns, in the order they
/// were sent.
///
/// Order matters: of two rows with the same series and time the later one wins, field by field.
public final class MeasurementRows {
    private final String measurement;
    private int rowCount;
    private int[] series = new int[64];
    private long[] times = new long[64];
    private final List<FieldColumn> columns = new ArrayList<>();
    private final List<SeriesKey> newSeries = new ArrayList<>();

    MeasurementRows(String measurement) {
        this.measurement = measurement;
    }

    public String measurement() {
        return measurement;
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
        newSeries.add(key);
        return ~(newSeries.size() - 1);
    }

    /// The column of a field, added when the batch has none; the type must be the measurement's
    /// type of that field.
    public FieldColumn column(String name, FieldType type) {
        for (FieldColumn column : columns) {
            if (column.name().equals(name)) {
                if (column.type() != type) {
                    throw new IllegalStateException(
                            "BUG: field "
                                    + name
                                    + " is "
                                    + column.type()
                                    + " and "
                                    + type
                                    + " in one batch");
                }
                return column;
            }
        }
        FieldColumn column = new FieldColumn(name, type, series.length);
        columns.add(column);
        return column;
    }

    void clear() {
        rowCount = 0;
        newSeries.clear();
        for (FieldColumn column : columns) {
            column.clear();
        }
    }
}
