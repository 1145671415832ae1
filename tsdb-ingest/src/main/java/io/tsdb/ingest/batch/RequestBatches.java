package io.tsdb.ingest.batch;

import io.tsdb.storage.model.BatchMemory;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.schema.BatchNumbers;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.DefinitionConflict;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The batches of one request, one per shard. Filled by the connection's thread, read by whoever
/// the sink hands them to, then given back to the connection's pool by [#release()], on any thread.
public final class RequestBatches {
    /// Memory of one request's points: a body of the largest size fits unless its fields are sparse
    /// or its lines very short; then the request must be cut into smaller ones.
    static final long BYTES_MAX = 256L << 20;

    private final BatchPool pool;
    private final BatchMemory memory = new BatchMemory(BYTES_MAX);
    private final String database;
    private final @Nullable PointBatch[] byShard;
    private @Nullable ShardRows[] targets = new ShardRows[16];
    private final List<ShardRows> used = new ArrayList<>();
    private PendingRows pending = new PendingRows(memory);
    private @Nullable DatabaseSchema schema;
    private int[] forgottenAtLookup = {};
    private int generation;
    private final SeriesRoom seriesRoom;

    /// Batches that took the place of those that were filled; they are not used again.
    private @Nullable PointBatch @Nullable [] kept;

    private @Nullable Definitions keptNeeds;

    RequestBatches(BatchPool pool, PointSink sink, String database, int shardCount) {
        this.pool = pool;
        this.seriesRoom = new SeriesRoom(sink);
        this.database = database;
        this.byShard = new PointBatch[shardCount];
    }

    /// Number that no other request's batches of this connection have: references of new series are
    /// good only in the batches they were made for.
    public int generation() {
        return generation;
    }

    /// @param newSchema of the database; null when there is none yet
    void begin(int newGeneration, @Nullable DatabaseSchema newSchema) {
        generation = newGeneration;
        schema = newSchema;
    }

    /// @param byShard series that each shard had forgotten when the first id was looked up; kept
    void forgottenAtLookup(int[] byShard) {
        forgottenAtLookup = byShard;
    }

    /// The database is there now; so far the batches hold names only.
    void schema(DatabaseSchema found) {
        schema = found;
    }

    /// What the catalog lacks, and the rows that need it.
    PendingRows pending() {
        return pending;
    }

    /// Whether the batches can serve another request: columns of what was never defined cannot.
    boolean isReusable() {
        return pending.isEmpty() && kept == null;
    }

    /// The rows behind a target number of [SeriesCache], or null when no row of this request (or of
    /// an earlier one that used the same arrays) went there.
    public @Nullable ShardRows target(int target) {
        return target < targets.length ? targets[target] : null;
    }

    int targetOf(MeasurementLayout layout, int shard) {
        return layout.index() * byShard.length + shard;
    }

    ShardRows addTarget(MeasurementLayout layout, int shard) {
        int target = targetOf(layout, shard);
        ShardRows known = target(target);
        if (known != null) {
            return known;
        }
        if (target >= targets.length) {
            targets = Arrays.copyOf(targets, Math.max(target + 1, 2 * targets.length));
        }
        PointBatch batch = byShard[shard];
        if (batch == null) {
            batch = new PointBatch(database, memory);
            byShard[shard] = batch;
        }
        MeasurementRows rows = batch.rows(layout.name());
        MeasurementSchema measurement = layout.schema();
        if (measurement != null) {
            rows.number(measurement.number());
        }
        var added = new ShardRows(layout, rows);
        targets[target] = added;
        used.add(added);
        return added;
    }

    /// What goes to the sink.
    public RequestPoints points() {
        Definitions needed = keptNeeds;
        if (needed == null && kept == null && !pending.isEmpty()) {
            int number = schema == null ? Definitions.BY_NAME : schema.number();
            needed = pending.definitions(database, number);
        }
        return new RequestPoints(database, schema, byShard(), needed);
    }

    /// Takes out the lines that others' definitions do not let be; where integers are taken for
    /// floats, such a field's values become floats instead.
    ///
    /// @return what was taken out
    public List<PendingRows.Refused> refuse(
            List<DefinitionConflict> conflicts, boolean lenientTypes) {
        var floats = new HashMap<String, Set<String>>();
        var others = new ArrayList<DefinitionConflict>();
        for (DefinitionConflict conflict : conflicts) {
            if (lenientTypes
                    && conflict instanceof DefinitionConflict.Type type
                    && (type.asked() == FieldType.INT64 || type.asked() == FieldType.UINT64)
                    && type.existing() == FieldType.FLOAT64) {
                floats.computeIfAbsent(type.measurement(), _ -> new HashSet<>()).add(type.name());
            } else {
                others.add(conflict);
            }
        }
        List<PendingRows.Refused> refused = pending.refused(others, byShard());
        var dropped = new HashMap<MeasurementRows, Set<Integer>>();
        for (PendingRows.Refused each : refused) {
            dropped.computeIfAbsent(each.target(), _ -> new HashSet<>()).add(each.row());
        }
        keep(new KeptRows(dropped, floats));
        return refused;
    }

    private void keep(KeptRows copying) {
        @Nullable PointBatch[] batches = byShard();
        var full = new ArrayList<PointBatch>();
        for (int shard = 0; shard < batches.length; shard++) {
            PointBatch batch = batches[shard];
            if (batch != null) {
                PointBatch copy = copying.copy(batch);
                batches[shard] = copy;
                if (copy.pointCount() > 0) {
                    full.add(copy);
                }
            }
        }
        kept = batches;
        int number = schema == null ? Definitions.BY_NAME : schema.number();
        keptNeeds = full.isEmpty() ? null : BatchNumbers.needed(full, number);
        pending = pending.kept(copying);
    }

    /// Batches by shard; null where a shard has no point.
    public @Nullable PointBatch[] byShard() {
        @Nullable PointBatch @Nullable [] copies = kept;
        @Nullable PointBatch[] result = copies == null ? byShard.clone() : copies.clone();
        for (int shard = 0; shard < result.length; shard++) {
            PointBatch batch = result[shard];
            if (batch != null) {
                batch.forgottenAtLookup(forgottenAtLookup[shard]);
                if (batch.pointCount() == 0) {
                    result[shard] = null;
                }
            }
        }
        return result;
    }

    /// Asks the sink for room for a new series, once for all lines that have it.
    ///
    /// @return why there is none, null when there is
    @Nullable String reserveSeries(MeasurementLayout layout, int keyBytes, long keyHash) {
        return seriesRoom.reserve(schema == null ? 0 : schema.number(), layout, keyBytes, keyHash);
    }

    /// Memory that the batches hold, filled or not.
    public long bytes() {
        return memory.usedBytes();
    }

    /// Points in all batches.
    public int pointCount() {
        int count = 0;
        for (ShardRows rows : used) {
            count += rows.rows().rowCount();
        }
        return count;
    }

    /// Measurements times shards that have rows or had some.
    int targetCount() {
        return used.size();
    }

    void clear() {
        for (PointBatch batch : byShard) {
            if (batch != null) {
                batch.clear();
            }
        }
        used.forEach(ShardRows::clear);
    }

    /// Gives the arrays back for a later request; the batches must not be read any more.
    public void release() {
        seriesRoom.release();
        pool.give(this);
    }
}
