package io.tsdb.cluster.write;

import io.tsdb.ingest.batch.PointSink;
import io.tsdb.ingest.batch.RequestPoints;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.ResourceLimitException;
import io.tsdb.storage.schema.BatchNumbers;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.DefineOutcome;
import io.tsdb.storage.schema.DefinitionConflict;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.SchemaLimits;
import io.tsdb.storage.series.SeriesRegistry;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.ShardWriter;
import io.tsdb.storage.shard.Store;
import io.tsdb.storage.shard.WriteListener;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Hands batches to shards, those of this node's store and those that others keep, after what they
/// need is defined. A limit of series counts those of the shards that this node keeps.
///
/// Numbers in a batch are of the database it was built for. When that is dropped meanwhile, the
/// write counts as one from before the drop: it is acknowledged, and what it wrote is gone with the
/// rest.
public final class WriteRouter implements PointSink {
    private static final int RETRY_AFTER_SECONDS = 1;
    private static final WriteResult ACKNOWLEDGED = new WriteResult.Acknowledged();

    private final Store store;
    private final List<ShardWriter> writers;

    private final boolean autoCreateDatabase;
    private final SchemaLimits limits;
    private final LongSupplier seriesBytesMax;

    /// Of new series in batches that are not written yet.
    private final AtomicLong comingSeriesBytes = new AtomicLong();

    private final Map<Long, AtomicLong> comingSeries = new ConcurrentHashMap<>();

    /// @param autoCreateDatabase whether a database that does not exist is created on first write
    /// @param limits of databases and their schemas
    /// @param seriesBytesMax memory that series may take; new ones beyond it are refused
    public WriteRouter(
            Store store,
            boolean autoCreateDatabase,
            SchemaLimits limits,
            LongSupplier seriesBytesMax) {
        this.limits = limits;
        this.store = store;
        this.seriesBytesMax = seriesBytesMax;
        this.writers = store.writers();
        this.autoCreateDatabase = autoCreateDatabase;
    }

    @Override
    public int shardCount() {
        return writers.size();
    }

    @Override
    public int shardOf(int slot) {
        return store.shardOf(slot);
    }

    @Override
    public boolean openDatabase(String database) {
        if (store.catalog().hasDatabase(database)) {
            return true;
        }
        if (autoCreateDatabase) {
            checkRoomForDatabase(store, limits);
        }
        return autoCreateDatabase;
    }

    /// @throws ResourceLimitException when there are as many databases as there may be
    public static void checkRoomForDatabase(Store store, SchemaLimits limits) {
        int count = store.catalog().databaseCount();
        if (count >= limits.databases()) {
            throw new ResourceLimitException(
                    "number of databases (databases-max)", limits.databases(), count + 1L);
        }
    }

    @Override
    public SchemaLimits schemaLimits() {
        return limits;
    }

    @Override
    public @Nullable DatabaseSchema database(String database) {
        return store.catalog().database(database);
    }

    @Override
    public int findSeries(
            int shard, MeasurementId measurement, byte[] key, int from, int to, long hash) {
        return writers.get(shard).findSeries(measurement, key, from, to, hash);
    }

    @Override
    public int forgottenSeries(int shard) {
        return writers.get(shard).forgottenSeriesCount();
    }

    @Override
    public @Nullable String reserveSeries(int database, int measurement, int keyBytes) {
        String noRoom = reserveInDatabase(database, measurement);
        if (noRoom != null) {
            return noRoom;
        }
        long more = SeriesRegistry.memoryBytes(1, keyBytes);
        long coming = comingSeriesBytes.addAndGet(more);
        long known = 0;
        for (Shard shard : store.shards()) {
            known += shard.seriesBytes();
        }
        long most = seriesBytesMax.getAsLong();
        if (known + coming <= most) {
            return null;
        }
        comingSeriesBytes.addAndGet(-more);
        come(database, measurement, -1);
        return "no room for a new series: series take about "
                + known
                + " bytes of memory, the limit is "
                + most
                + " (series-memory); series that exist go on";
    }

    @Override
    public void releaseSeries(int database, int measurement, long count, long keyBytes) {
        come(database, measurement, -count);
        comingSeriesBytes.addAndGet(-SeriesRegistry.memoryBytes(count, keyBytes));
    }

    private @Nullable String reserveInDatabase(int database, int measurement) {
        long coming = coming(database, 0).incrementAndGet();
        long known = 0;
        for (Shard shard : store.shards()) {
            known += shard.seriesCount(database);
        }
        if (known + coming > limits.series()) {
            coming(database, 0).decrementAndGet();
            return limits.noSeriesInDatabase(known);
        }
        if (!isCounted(measurement)) {
            return null;
        }
        coming = coming(database, measurement).incrementAndGet();
        known = 0;
        for (Shard shard : store.shards()) {
            known += shard.seriesCount(database, measurement);
        }
        if (known + coming > limits.seriesOfMeasurement()) {
            come(database, measurement, -1);
            return limits.noSeriesInMeasurement(known);
        }
        return null;
    }

    private boolean isCounted(int measurement) {
        return measurement > 0 && limits.countsSeriesOfMeasurements();
    }

    private void come(int database, int measurement, long count) {
        coming(database, 0).addAndGet(count);
        if (isCounted(measurement)) {
            coming(database, measurement).addAndGet(count);
        }
    }

    /// Series of a database, or of a measurement, that have room and are not there yet. Requests
    /// that bring a database with them share the number 0.
    ///
    /// @param measurement 0 for all of the database
    private AtomicLong coming(int database, int measurement) {
        return comingSeries.computeIfAbsent(
                MeasurementId.packed(database, measurement), _ -> new AtomicLong());
    }

    @Override
    public void write(RequestPoints points, WriteCallback callback) {
        if (store.diskLow()) {
            callback.done(
                    diskFull(
                            "less than disk-reserve (%d MiB) is free on the disk"
                                    .formatted(store.diskReserveBytes() >> 20)));
            return;
        }
        Optional<String> failed = store.log().trouble();
        if (failed.isPresent()) {
            callback.done(
                    store.lookWhetherDiskIsLow()
                            ? diskFull("the disk is full (" + failed.get() + ")")
                            : overloaded(failed.get()));
            return;
        }
        Definitions definitions = points.definitions();
        DatabaseSchema schema = points.schema();
        if (definitions == null && schema != null) {
            append(points, schema, callback);
        } else if (definitions == null) {
            callback.done(ACKNOWLEDGED); // no database and nothing to define: there is no point
        } else if (!hasRoom(points)) {
            callback.done(overloaded("a shard has too much waiting"));
        } else {
            store.define(definitions)
                    .whenComplete((outcome, thrown) -> defined(points, outcome, thrown, callback));
        }
    }

    /// What is defined stays so, also when the points are then refused; so that is asked before.
    private boolean hasRoom(RequestPoints points) {
        @Nullable PointBatch[] batches = points.byShard();
        for (int shard = 0; shard < batches.length; shard++) {
            if (batches[shard] != null && writers.get(shard).isOverloaded()) {
                return false;
            }
        }
        return true;
    }

    private void defined(
            RequestPoints points,
            @Nullable DefineOutcome outcome,
            @Nullable Throwable thrown,
            WriteCallback callback) {
        switch (outcome) {
            case null -> callback.done(undefined(thrown));
            case DefineOutcome.Defined(DatabaseSchema database) ->
                    append(points, database, callback);
            case DefineOutcome.Conflicting(List<DefinitionConflict> conflicts) ->
                    callback.done(new WriteResult.Conflicting(conflicts));
            case DefineOutcome.DatabaseGone() -> callback.done(ACKNOWLEDGED);
        }
    }

    private WriteResult undefined(@Nullable Throwable why) {
        if (why instanceof Store.OverloadedException) {
            return overloaded(String.valueOf(why.getMessage()));
        }
        return why != null && why.getCause() instanceof ResourceLimitException limit
                ? tooLarge(String.valueOf(limit.getMessage()))
                : failed(String.valueOf(why));
    }

    /// Room may have gone since the disk was looked at last: whoever waits and sends again is right
    /// then, too.
    private WriteResult failed(String reason) {
        if (store.log().isReplicated()) {
            return overloaded(reason + "; the points may be there or not, send them again");
        }
        return store.lookWhetherDiskIsLow()
                ? diskFull("the disk is full (" + reason + ")")
                : new WriteResult.Failed(reason);
    }

    private static WriteResult tooLarge(String reason) {
        return new WriteResult.TooLarge(
                reason + ": send less in one request; a part of this one may be there");
    }

    private static WriteResult diskFull(String what) {
        return new WriteResult.DiskFull(
                what + ": free some space; reads go on, and so do writes once there is room",
                10 * RETRY_AFTER_SECONDS);
    }

    private static WriteResult overloaded(String reason) {
        return new WriteResult.Overloaded(reason, RETRY_AFTER_SECONDS);
    }

    private void append(RequestPoints points, DatabaseSchema database, WriteCallback callback) {
        var answer = new Answer(callback);
        @Nullable PointBatch[] batches = points.byShard();
        for (int shard = 0; shard < batches.length; shard++) {
            PointBatch batch = batches[shard];
            if (batch != null && batch.pointCount() > 0) {
                answer.expect();
                if (!BatchNumbers.put(batch, database, store.catalog().appliedIndex())) {
                    answer.settle(overloaded("a measurement was dropped meanwhile, send again"));
                } else if (!writers.get(shard).write(batch, answer)) {
                    answer.settle(overloaded("shard " + shard + " has too much waiting"));
                }
            }
        }
        answer.settle(ACKNOWLEDGED);
    }

    /// Counts what is under way; the last one answers, with the worst that was met.
    private final class Answer implements WriteListener {
        private final WriteCallback callback;
        private final AtomicInteger open = new AtomicInteger(1);
        private volatile WriteResult worst = ACKNOWLEDGED;

        Answer(WriteCallback callback) {
            this.callback = callback;
        }

        void expect() {
            open.incrementAndGet();
        }

        void settle(WriteResult result) {
            if (!(result instanceof WriteResult.Acknowledged)
                    && !(worst instanceof WriteResult.Failed)
                    && !(worst instanceof WriteResult.DiskFull)
                    && !(worst instanceof WriteResult.TooLarge)) {
                worst = result;
            }
            if (open.decrementAndGet() == 0) {
                callback.done(worst);
            }
        }

        @Override
        public void applied() {
            settle(ACKNOWLEDGED);
        }

        @Override
        public void failed(String reason) {
            settle(WriteRouter.this.failed(reason));
        }

        @Override
        public void tooLarge(String reason) {
            settle(WriteRouter.tooLarge(reason));
        }
    }
}
