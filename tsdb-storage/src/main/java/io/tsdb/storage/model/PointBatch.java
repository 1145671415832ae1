package io.tsdb.storage.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Points of many series on their way to one shard, in columns: what is logged and what the head
/// takes in.
///
/// Built by one thread, then handed over whole; the receiver only reads it. Reused by [#clear()]
/// once nobody reads it.
public final class PointBatch {
    private final String database;
    private final BatchMemory memory;
    private final List<MeasurementRows> measurements = new ArrayList<>();
    private final Map<String, MeasurementRows> byName = new HashMap<>();

    /// A batch whose memory is not limited.
    public PointBatch(String database) {
        this(database, BatchMemory.unlimited());
    }

    /// @param memory that the batch counts its arrays in; may be shared with other batches of the
    ///   same thread
    public PointBatch(String database, BatchMemory memory) {
        this.database = database;
        this.memory = memory;
    }

    public String database() {
        return database;
    }

    /// Measurements in order of their first row; one without rows may be among them after
    /// [#clear()].
    public List<MeasurementRows> measurements() {
        return measurements;
    }

    /// The rows of a measurement, added when the batch has none yet.
    public MeasurementRows rows(String measurement) {
        return byName.computeIfAbsent(
                measurement,
                name -> {
                    var rows = new MeasurementRows(name, memory);
                    measurements.add(rows);
                    return rows;
                });
    }

    public int pointCount() {
        int count = 0;
        for (MeasurementRows rows : measurements) {
            count += rows.rowCount();
        }
        return count;
    }

    /// Empties the batch and keeps its arrays.
    public void clear() {
        for (MeasurementRows rows : measurements) {
            rows.clear();
        }
    }
}
