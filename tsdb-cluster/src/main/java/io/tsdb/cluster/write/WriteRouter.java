package io.tsdb.cluster.write;

import io.tsdb.ingest.batch.PointSink;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;
import io.tsdb.storage.shard.WriteListener;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Hands batches to the shards of this node's store.
public final class WriteRouter implements PointSink {
    private static final int RETRY_AFTER_SECONDS = 1;
    private static final WriteResult ACKNOWLEDGED = new WriteResult.Acknowledged();

    private final Store store;
    private final List<Shard> shards;
    private final boolean autoCreateDatabase;

    /// @param autoCreateDatabase whether a database that does not exist is created on first write
    public WriteRouter(Store store, boolean autoCreateDatabase) {
        this.store = store;
        this.shards = store.shards();
        this.autoCreateDatabase = autoCreateDatabase;
    }

    @Override
    public int shardCount() {
        return shards.size();
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
        if (!autoCreateDatabase) {
            return false;
        }
        try {
            store.createDatabase(database);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(
                    "database '" + database + "' could not be created", e);
        }
        return true;
    }

    @Override
    public MeasurementSchema measurement(String database, String measurement) {
        return store.catalog().addMeasurement(database, measurement);
    }

    @Override
    public int findSeries(int shard, String database, byte[] key, int from, int to, long hash) {
        return shards.get(shard).findSeries(database, key, from, to, hash);
    }

    @Override
    public long epoch() {
        return store.epoch();
    }

    @Override
    public void write(@Nullable PointBatch[] batches, WriteCallback callback) {
        if (store.diskLow()) {
            callback.done(
                    new WriteResult.Overloaded(
                            "the disk is nearly full: free some space", 10 * RETRY_AFTER_SECONDS));
            return;
        }
        var answer = new Answer(callback);
        for (int shard = 0; shard < batches.length; shard++) {
            PointBatch batch = batches[shard];
            if (batch != null && batch.pointCount() > 0) {
                answer.expect();
                if (!shards.get(shard).write(batch, answer)) {
                    answer.settle(
                            new WriteResult.Overloaded(
                                    "shard " + shard + " has too much waiting",
                                    RETRY_AFTER_SECONDS));
                }
            }
        }
        answer.settle(ACKNOWLEDGED);
    }

    /// Counts what is under way; the last one answers, with the worst that was met.
    private static final class Answer implements WriteListener {
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
                    && !(worst instanceof WriteResult.Failed)) {
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
            settle(new WriteResult.Failed(reason));
        }
    }
}
