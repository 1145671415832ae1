package io.tsdb.ingest.batch;

import io.tsdb.storage.model.BatchMemory;
import io.tsdb.storage.model.PointBatch;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
    private int generation;

    RequestBatches(BatchPool pool, String database, int shardCount) {
        this.pool = pool;
        this.database = database;
        this.byShard = new PointBatch[shardCount];
    }

    /// Number that no other request's batches of this connection have: references of new series are
    /// good only in the batches they were made for.
    public int generation() {
        return generation;
    }

    void begin(int newGeneration) {
        generation = newGeneration;
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
        var added = new ShardRows(layout, batch.rows(layout.schema().name()));
        targets[target] = added;
        used.add(added);
        return added;
    }

    /// Batches by shard; null where a shard has no point.
    public @Nullable PointBatch[] byShard() {
        @Nullable PointBatch[] result = byShard.clone();
        for (int shard = 0; shard < result.length; shard++) {
            PointBatch batch = result[shard];
            if (batch != null && batch.pointCount() == 0) {
                result[shard] = null;
            }
        }
        return result;
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
        pool.give(this);
    }
}
