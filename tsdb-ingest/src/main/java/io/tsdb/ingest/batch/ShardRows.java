package io.tsdb.ingest.batch;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.SeriesKey;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Rows of one measurement on their way to one shard, with its columns by field number. One thread.
public final class ShardRows {
    private final MeasurementLayout layout;
    private final MeasurementRows rows;
    private @Nullable FieldColumn[] columns = new FieldColumn[16];
    private final Map<SeriesKey, Integer> newSeries = new HashMap<>();

    ShardRows(MeasurementLayout layout, MeasurementRows rows) {
        this.layout = layout;
        this.rows = rows;
    }

    public MeasurementLayout layout() {
        return layout;
    }

    public MeasurementRows rows() {
        return rows;
    }

    /// The column of a field.
    public FieldColumn column(FieldSlot slot) {
        int index = slot.index();
        FieldColumn column = index < columns.length ? columns[index] : null;
        return column != null ? column : addColumn(index, slot.schema().name(), slot.type());
    }

    FieldColumn column(int index, String name, FieldType type) {
        FieldColumn column = index < columns.length ? columns[index] : null;
        return column != null ? column : addColumn(index, name, type);
    }

    private FieldColumn addColumn(int index, String name, FieldType type) {
        if (index >= columns.length) {
            columns = Arrays.copyOf(columns, Math.max(index + 1, 2 * columns.length));
        }
        FieldColumn column = rows.column(name, type);
        column.number(index);
        columns[index] = column;
        return column;
    }

    /// The column of a field that the catalog lacks.
    FieldColumn pendingColumn(String name, FieldType type) {
        return rows.column(name, type);
    }

    /// Reference of a series that the shard does not know; its key goes into the batch once.
    int newSeries(SeriesKey key) {
        return newSeries.computeIfAbsent(key, rows::addNewSeries);
    }

    void clear() {
        newSeries.clear();
    }
}
