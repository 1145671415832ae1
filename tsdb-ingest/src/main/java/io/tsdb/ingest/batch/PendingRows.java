package io.tsdb.ingest.batch;

import io.tsdb.storage.model.BatchMemory;
import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.schema.DefinitionConflict;
import io.tsdb.storage.schema.Definitions;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The rows of one request that need something the catalog lacks, and what that is.
///
/// Nothing of it is known to anybody else before the request is taken. Only lines with something
/// new come here, so a request whose names are all known costs nothing. One thread.
public final class PendingRows {
    private static final int BYTES_PER_ROW = 3 * Integer.BYTES;
    private static final int UNDESCRIBED = -1;

    private final BatchMemory memory;
    private final Map<String, PendingMeasurement> measurements = new LinkedHashMap<>();
    private final Map<MeasurementRows, String> targets = new HashMap<>();
    private final List<MeasurementRows> targetOfRow = new ArrayList<>();
    private int[] rowNumbers = new int[64];
    private int[] lines = new int[64];
    private int count;
    private final List<PendingLine> described = new ArrayList<>();

    PendingRows(BatchMemory memory) {
        this.memory = memory;
    }

    boolean isEmpty() {
        return measurements.isEmpty();
    }

    @Nullable PendingMeasurement measurement(String measurement) {
        return measurements.get(measurement);
    }

    /// Measurements that something is pending of, new ones and others.
    int measurementCount() {
        return measurements.size();
    }

    PendingMeasurement addMeasurement(String measurement) {
        return measurements.computeIfAbsent(measurement, _ -> new PendingMeasurement());
    }

    /// Notes that a row needs what is pending.
    void addRow(String measurement, MeasurementRows target, int row) {
        memory.grow(BYTES_PER_ROW);
        if (count == rowNumbers.length) {
            rowNumbers = Arrays.copyOf(rowNumbers, 2 * count);
            lines = Arrays.copyOf(lines, 2 * count);
        }
        targets.putIfAbsent(target, measurement);
        targetOfRow.add(target);
        rowNumbers[count] = row;
        lines[count] = UNDESCRIBED;
        count++;
    }

    /// Says what line the latest row comes from.
    void describe(PendingLine line) {
        memory.grow(line.bytes());
        lines[count - 1] = described.size();
        described.add(line);
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
    List<Refused> refused(List<DefinitionConflict> conflicts) {
        var byMeasurement = new HashMap<String, List<DefinitionConflict>>();
        for (DefinitionConflict conflict : conflicts) {
            byMeasurement
                    .computeIfAbsent(conflict.measurement(), _ -> new ArrayList<>())
                    .add(conflict);
        }
        var refused = new ArrayList<Refused>();
        for (int i = 0; i < count; i++) {
            MeasurementRows target = targetOfRow.get(i);
            String measurement = targets.getOrDefault(target, "");
            for (DefinitionConflict conflict : byMeasurement.getOrDefault(measurement, List.of())) {
                if (concerns(conflict, target, rowNumbers[i])) {
                    PendingLine line = lines[i] == UNDESCRIBED ? null : described.get(lines[i]);
                    refused.add(new Refused(target, rowNumbers[i], line, conflict));
                    break;
                }
            }
        }
        return refused;
    }

    /// The same for copies of the rows.
    PendingRows kept(KeptRows copies) {
        var kept = new PendingRows(memory);
        for (int i = 0; i < count; i++) {
            MeasurementRows target = targetOfRow.get(i);
            int row = copies.rowOf(target, rowNumbers[i]);
            if (row >= 0) {
                kept.addRow(targets.getOrDefault(target, ""), copies.copyOf(target), row);
                if (lines[i] != UNDESCRIBED) {
                    kept.describe(described.get(lines[i]));
                }
            }
        }
        return kept;
    }

    private static boolean concerns(DefinitionConflict conflict, MeasurementRows target, int row) {
        return switch (conflict) {
            case DefinitionConflict.Type type -> hasField(target, row, type.name());
            case DefinitionConflict.Name(String _, String name, boolean isTag) ->
                    isTag ? hasTag(target, row, name) : hasField(target, row, name);
        };
    }

    private static boolean hasField(MeasurementRows target, int row, String name) {
        for (FieldColumn column : target.columns()) {
            if (column.name().equals(name)) {
                return column.isPresent(row);
            }
        }
        return false;
    }

    /// A series with a new tag key is new itself.
    private static boolean hasTag(MeasurementRows target, int row, String key) {
        int reference = target.series()[row];
        if (reference >= 0) {
            return false;
        }
        List<String> tags = target.newSeries().get(~reference).tags();
        for (int i = 0; i < tags.size(); i += 2) {
            if (tags.get(i).equals(key)) {
                return true;
            }
        }
        return false;
    }
}
