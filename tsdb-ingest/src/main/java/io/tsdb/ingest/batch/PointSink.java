package io.tsdb.ingest.batch;

import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

/// Where batches go: the port that the cluster implements. Any thread.
public interface PointSink {
    /// [#findSeries] of a series that the shard does not know.
    int UNKNOWN_SERIES = -1;

    int shardCount();

    /// The shard that owns a slot ([io.tsdb.storage.model.SeriesKey#slotOf]); never changes while
    /// the node runs.
    int shardOf(int slot);

    /// Makes sure that points can go to a database; creates it where the node creates databases on
    /// first write.
    ///
    /// @return false when there is no such database and it is not created by itself
    boolean openDatabase(String database);

    /// The schema to check types against and to register new fields and tag keys in; empty for a
    /// new measurement.
    MeasurementSchema measurement(String database, String measurement);

    /// @param key holds the canonical key bytes in `[from, to)`; not kept
    /// @param hash of these bytes
    /// @return shard-local id, or [#UNKNOWN_SERIES]: then the batch carries the key
    ///   (`MeasurementRows.addNewSeries`)
    int findSeries(int shard, String database, byte[] key, int from, int to, long hash);

    /// Changes whenever ids or schemas that were handed out may have become void (a database was
    /// dropped): caches compare it at the start of each request, and of each batch of a stream, and
    /// empty themselves.
    long epoch();

    /// Logs and applies batches; the callback is called once, on any thread, when all are durable
    /// and visible or one is not.
    ///
    /// @param batches by shard, null where the request has no points for it; untouched by the
    ///   caller until the callback
    void write(@Nullable PointBatch[] batches, WriteCallback callback);

    /// Told what became of a write.
    @FunctionalInterface
    interface WriteCallback {
        void done(WriteResult result);
    }

    /// What became of a write.
    sealed interface WriteResult {
        /// Every point is on disk and visible to the next query.
        record Acknowledged() implements WriteResult {}

        /// Nothing or a part was taken; sending all again is right and harmless. HTTP 503 with
        /// Retry-After.
        record Overloaded(String reason, int retryAfterSeconds) implements WriteResult {}

        /// The log failed; the points may or may not be there after a restart. HTTP 500.
        record Failed(String reason) implements WriteResult {}
    }
}
