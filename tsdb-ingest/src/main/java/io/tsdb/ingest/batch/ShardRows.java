package io.tsdb.ingest.batch;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.schema.FieldSchema;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Rows of one measurement on their way to one shard, with its columns by place: that of a field is
/// its number behind [#PENDING_PLACES], where the first fields lie that the catalog lacks. One
/// thread.
public final class ShardRows {
    /// Places of fields without a number; what a request brings beyond them takes the careful path.
    static final int PENDING_PLACES = 64;

    private final MeasurementLayout layout;
    private final MeasurementRows rows;
    private @Nullable FieldColumn[] columns = new FieldColumn[PENDING_PLACES + 16];
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
        int place = slot.place();
        FieldColumn column = place < columns.length ? columns[place] : null;
        return column != null ? column : addColumn(place, slot.name(), slot.type());
    }

    /// The column of a field that the catalog has.
    FieldColumn column(FieldSchema field) {
        int place = placeOf(field);
        FieldColumn column = place < columns.length ? columns[place] : null;
        return column != null ? column : addColumn(place, field.name(), field.type());
    }

    static int placeOf(FieldSchema field) {
        return PENDING_PLACES + field.index();
    }

    private FieldColumn addColumn(int place, String name, FieldType type) {
        if (place >= columns.length) {
            columns = Arrays.copyOf(columns, Math.max(place + 1, 2 * columns.length));
        }
        FieldColumn column = rows.column(name, type);
        if (place >= PENDING_PLACES) {
            column.number(place - PENDING_PLACES);
        }
        columns[place] = column;
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
