package io.tsdb.ingest.batch;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.Uint64;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Copies a batch without some of its rows, with integers made floats where that is what a field
/// turned out to be. The rare way, when two requests defined one thing at once. One thread.
final class KeptRows {
    private final Map<MeasurementRows, Set<Integer>> dropped;
    private final Map<String, Set<String>> floats;
    private final Map<MeasurementRows, MeasurementRows> copies = new HashMap<>();
    private final Map<MeasurementRows, Map<Integer, Integer>> rowOfRow = new HashMap<>();

    /// @param dropped rows to leave out
    /// @param floats by measurement, int64 fields that become float64
    KeptRows(Map<MeasurementRows, Set<Integer>> dropped, Map<String, Set<String>> floats) {
        this.dropped = dropped;
        this.floats = floats;
    }

    /// The copy of rows.
    MeasurementRows copyOf(MeasurementRows source) {
        return Objects.requireNonNull(copies.get(source));
    }

    /// The row that a row became, or -1 when it was left out.
    int rowOf(MeasurementRows source, int row) {
        return rowOfRow.getOrDefault(source, Map.of()).getOrDefault(row, -1);
    }

    /// A batch by names alone; only series that have rows in it.
    PointBatch copy(PointBatch source) {
        var copy = new PointBatch(source.database());
        for (MeasurementRows rows : source.measurements()) {
            copy(rows, copy);
        }
        return copy;
    }

    private void copy(MeasurementRows source, PointBatch copy) {
        Set<Integer> left = dropped.getOrDefault(source, Set.of());
        Set<String> widened = floats.getOrDefault(source.measurement(), Set.of());
        var references = new HashMap<Integer, Integer>();
        for (int row = 0; row < source.rowCount(); row++) {
            if (left.contains(row)) {
                continue;
            }
            MeasurementRows target = copy.rows(source.measurement());
            int reference = source.series()[row];
            int kept =
                    reference >= 0
                            ? reference
                            : references.computeIfAbsent(
                                    reference,
                                    ref -> target.addNewSeries(source.newSeries().get(~ref)));
            int added = target.addRow(kept, source.times()[row]);
            copies.put(source, target);
            rowOfRow.computeIfAbsent(source, _ -> new HashMap<>()).put(row, added);
            for (FieldColumn column : source.columns()) {
                if (column.isPresent(row)) {
                    copy(column, row, target, added, widened.contains(column.name()));
                }
            }
        }
    }

    private static void copy(
            FieldColumn source, int row, MeasurementRows rows, int target, boolean widened) {
        long bits = source.values()[row];
        if (widened && source.type() != FieldType.FLOAT64) {
            double value = source.type() == FieldType.INT64 ? bits : Uint64.toDouble(bits);
            rows.column(source.name(), FieldType.FLOAT64)
                    .putDouble(target, Double.doubleToRawLongBits(value), 0);
            return;
        }
        FieldColumn column = rows.column(source.name(), source.type());
        switch (source.type()) {
            case INT64, UINT64, BOOL -> column.put(target, bits);
            case FLOAT64 -> column.putDouble(target, bits, source.decimals());
            case STRING -> column.putString(target, source.heap(), (int) (bits >>> 32), (int) bits);
        }
    }
}
