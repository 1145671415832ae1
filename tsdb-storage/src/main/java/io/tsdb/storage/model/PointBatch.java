package io.tsdb.storage.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Points of many series on their way to one shard, in columns: what is logged and what the head
/// takes in.
///
/// Built by one thread, with the sender's names; then the catalog's numbers are put in, by which
/// logs and shards know everything; then handed over whole, and the receiver only reads it. Reused
/// by [#clear()] once nobody reads it.
public final class PointBatch {
    /// [#number()] of a database that the catalog has not numbered yet.
    public static final int UNNUMBERED = 0;

    private static final int UNKNOWN = -1;

    private final String database;
    private final BatchMemory memory;
    private int number;
    private long catalogIndex;
    private int forgottenAtLookup = UNKNOWN;
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

    /// A batch that is read from a log.
    public static PointBatch numbered(int database) {
        var batch = new PointBatch("");
        batch.number = database;
        return batch;
    }

    /// As the sender knows it; empty in a batch that was read from a log.
    public String database() {
        return database;
    }

    /// Number of the database; [#UNNUMBERED] before the catalog gave it one.
    public int number() {
        return number;
    }

    /// Index of the catalog's log at which every number in the batch was known: who applies the
    /// batch must have applied the catalog that far.
    public long catalogIndex() {
        return catalogIndex;
    }

    /// Gives the batch its database's number.
    public void number(int databaseNumber, long atCatalogIndex) {
        number = databaseNumber;
        catalogIndex = atCatalogIndex;
    }

    /// How many series the shard had forgotten when the first id in this batch was looked up: as
    /// long as it is not more now, every id is right. Negative when nobody knows.
    public int forgottenAtLookup() {
        return forgottenAtLookup;
    }

    /// Says as of when the ids are.
    public void forgottenAtLookup(int seriesForgotten) {
        forgottenAtLookup = seriesForgotten;
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
                    var rows = new MeasurementRows(name, MeasurementRows.UNNUMBERED, memory);
                    measurements.add(rows);
                    return rows;
                });
    }

    /// Adds the rows of a numbered measurement; the caller sees to it that there are none yet.
    public MeasurementRows addRows(int measurementNumber) {
        var rows = new MeasurementRows("", measurementNumber, memory);
        measurements.add(rows);
        return rows;
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
