package io.tsdb.ingest.batch;

import io.tsdb.storage.model.BatchMemory;
import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.DefinitionConflict;
import io.tsdb.storage.schema.Definitions;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What one request has that the catalog lacks, and the first lines that need it.
///
/// Nothing of it is known to anybody else before the request is taken. Which rows need it is not
/// noted: when others defined something otherwise, the rows with it are looked for. One thread.
public final class PendingRows {
    private final BatchMemory memory;
    private final Map<String, PendingMeasurement> measurements = new LinkedHashMap<>();
    private final Overtaken overtaken = new Overtaken();
    private final Map<MeasurementRows, Map<Integer, PendingLine>> described = new HashMap<>();

    PendingRows(BatchMemory memory) {
        this.memory = memory;
    }

    boolean isEmpty() {
        return measurements.isEmpty();
    }

    @Nullable PendingMeasurement measurement(String measurement) {
        return measurements.get(measurement);
    }

    /// Measurements of the database, with those that are pending, as [Overtaken#total] counts.
    int measurementCount(@Nullable DatabaseSchema database, int limit) {
        return overtaken.total(
                database == null ? 0 : database.measurementCount(),
                measurements.keySet(),
                name -> database != null && database.measurement(name) != null,
                limit);
    }

    /// @param known whether the catalog has the measurement
    PendingMeasurement addMeasurement(String measurement, boolean known) {
        PendingMeasurement pending = measurements.get(measurement);
        if (pending == null) {
            pending = new PendingMeasurement();
            measurements.put(measurement, pending);
            if (known) {
                overtaken.add();
            }
        }
        return pending;
    }

    /// Says what line a row comes from.
    void describe(MeasurementRows target, int row, PendingLine line) {
        memory.grow(line.bytes());
        described.computeIfAbsent(target, _ -> new HashMap<>()).put(row, line);
    }

    Definitions definitions(String database, int databaseNumber) {
        Definitions.Builder definitions = Definitions.in(database);
        measurements.forEach((name, pending) -> pending.addTo(definitions, name));
        return definitions.build(databaseNumber);
    }

    /// A line that is refused after all.
    ///
    /// @param line null when there are too many to describe each
    public record Refused(
            MeasurementRows target, int row, @Nullable PendingLine line, DefinitionConflict why) {}

    /// Rows that cannot be, since others defined something otherwise.
    ///
    /// @param batches of the request
    List<Refused> refused(List<DefinitionConflict> conflicts, @Nullable PointBatch[] batches) {
        var byMeasurement = new HashMap<String, List<DefinitionConflict>>();
        for (DefinitionConflict conflict : conflicts) {
            byMeasurement
                    .computeIfAbsent(conflict.measurement(), _ -> new ArrayList<>())
                    .add(conflict);
        }
        var refused = new ArrayList<Refused>();
        for (@Nullable PointBatch batch : batches) {
            if (batch != null) {
                for (MeasurementRows rows : batch.measurements()) {
                    refuse(
                            rows,
                            byMeasurement.getOrDefault(rows.measurement(), List.of()),
                            refused);
                }
            }
        }
        return refused;
    }

    /// Adds the rows that a conflict concerns, each with the first one.
    private void refuse(
            MeasurementRows target, List<DefinitionConflict> conflicts, List<Refused> refused) {
        var seen = new BitSet();
        Map<Integer, PendingLine> lines = described.getOrDefault(target, Map.of());
        for (DefinitionConflict conflict : conflicts) {
            BitSet rows =
                    switch (conflict) {
                        case DefinitionConflict.Type type -> withField(target, type.name());
                        case DefinitionConflict.Name(String _, String name, boolean isTag) ->
                                isTag ? withNewTag(target, name) : withField(target, name);
                    };
            rows.andNot(seen);
            seen.or(rows);
            rows.stream()
                    .forEach(
                            row -> refused.add(new Refused(target, row, lines.get(row), conflict)));
        }
    }

    /// The same for copies of the rows.
    PendingRows kept(KeptRows copies) {
        var kept = new PendingRows(memory);
        described.forEach(
                (target, lines) ->
                        lines.forEach(
                                (row, line) -> {
                                    int copy = copies.rowOf(target, row);
                                    if (copy >= 0) {
                                        kept.describe(copies.copyOf(target), copy, line);
                                    }
                                }));
        return kept;
    }

    private static BitSet withField(MeasurementRows target, String name) {
        var rows = new BitSet();
        for (FieldColumn column : target.columns()) {
            if (column.name().equals(name)) {
                for (int row = 0; row < target.rowCount(); row++) {
                    rows.set(row, column.isPresent(row));
                }
            }
        }
        return rows;
    }

    /// A series with a new tag key is new itself.
    private static BitSet withNewTag(MeasurementRows target, String key) {
        var series = new BitSet();
        for (int i = 0; i < target.newSeries().size(); i++) {
            series.set(i, hasTag(target.newSeries().get(i), key));
        }
        var rows = new BitSet();
        for (int row = 0; row < target.rowCount(); row++) {
            int reference = target.series()[row];
            rows.set(row, reference < 0 && series.get(~reference));
        }
        return rows;
    }

    private static boolean hasTag(SeriesKey series, String key) {
        List<String> tags = series.tags();
        for (int i = 0; i < tags.size(); i += 2) {
            if (tags.get(i).equals(key)) {
                return true;
            }
        }
        return false;
    }
}
