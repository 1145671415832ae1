package io.tsdb.ingest.batch;

import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.DefinitionConflict;
import io.tsdb.storage.schema.SchemaLimits;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Where batches go: the port that the cluster implements. Any thread.
public interface PointSink {
    /// [#findSeries] of a series that the shard does not know.
    int UNKNOWN_SERIES = -1;

    int shardCount();

    /// The shard that owns a slot ([io.tsdb.storage.model.SeriesKey#slotOf]); never changes while
    /// the node runs.
    int shardOf(int slot);

    /// Whether points can go to a database: it is there, or its first write creates it.
    ///
    /// @return false when there is no such database and it is not created by itself
    /// @throws io.tsdb.storage.model.ResourceLimitException when there are as many databases as
    ///   there may be
    boolean openDatabase(String database);

    /// A database with its measurements, to check types against; null when there is none yet. What
    /// is not in it is defined when a batch that needs it is written.
    @Nullable DatabaseSchema database(String database);

    /// @param key holds the canonical key bytes in `[from, to)`; not kept
    /// @param hash of these bytes
    /// @return shard-local id, or [#UNKNOWN_SERIES]: then the batch carries the key
    ///   (`MeasurementRows.addNewSeries`)
    int findSeries(int shard, MeasurementId measurement, byte[] key, int from, int to, long hash);

    /// How many series a shard has forgotten so far, since they had no row left. When it grows, ids
    /// that were found before are to be looked up anew; a batch that was on its way meanwhile is
    /// taken as it is, and costs less when it says as of when its ids are
    /// (`PointBatch.forgottenAtLookup`).
    default int forgottenSeries(int shard) {
        return 0;
    }

    /// How many measurements, fields and tag keys there may be.
    default SchemaLimits schemaLimits() {
        return SchemaLimits.DEFAULT;
    }

    /// Asks for room for a new series before a batch takes it; whoever got it gives it back with
    /// [#releaseSeries] once the batch is written or dropped.
    ///
    /// @param database its number, 0 while there is none
    /// @param measurement its number, 0 while there is none
    /// @param keyBytes of its canonical key
    /// @return why there is none, null when there is: series that exist go on
    default @Nullable String reserveSeries(int database, int measurement, int keyBytes) {
        return null;
    }

    /// @param database as it was when they got room
    /// @param measurement as it was when they got room
    /// @param count of series that got room
    /// @param keyBytes of all their keys
    default void releaseSeries(int database, int measurement, long count, long keyBytes) {}

    /// Defines what the points need, then logs and applies them; the callback is called once, on
    /// any thread, when all are durable and visible or one is not.
    ///
    /// @param points untouched by the caller until the callback
    void write(RequestPoints points, WriteCallback callback);

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

        /// The disk is full or nearly so: nothing was taken, or, when it came to be full meanwhile,
        /// perhaps a part; sending all again is right once there is room. HTTP 507 with
        /// Retry-After.
        record DiskFull(String reason, int retryAfterSeconds) implements WriteResult {}

        /// Nothing was taken: others defined these otherwise, in the moment between this request's
        /// lines and its end. Without the lines that have them the rest may be written.
        record Conflicting(List<DefinitionConflict> conflicts) implements WriteResult {}

        /// Nothing or a part was taken; the rest is more than a log takes at once. Sending all
        /// again does not help, in smaller requests it does. HTTP 413.
        record TooLarge(String reason) implements WriteResult {}

        /// The log failed while it took the points: after a restart that comes before it goes on,
        /// they may be there. HTTP 500.
        record Failed(String reason) implements WriteResult {}
    }
}
