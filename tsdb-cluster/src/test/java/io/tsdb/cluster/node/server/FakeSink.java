package io.tsdb.cluster.node.server;

import io.tsdb.ingest.batch.PointSink;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/// Acknowledges every write and remembers its database.
final class FakeSink implements PointSink {
    private final Catalog catalog = new Catalog();
    private final List<String> writes = new CopyOnWriteArrayList<>();

    List<String> databasesWritten() {
        return List.copyOf(writes);
    }

    @Override
    public int shardCount() {
        return 1;
    }

    @Override
    public int shardOf(int slot) {
        return 0;
    }

    @Override
    public boolean openDatabase(String database) {
        catalog.createDatabase(database);
        return true;
    }

    @Override
    public MeasurementSchema measurement(String database, String measurement) {
        return catalog.addMeasurement(database, measurement);
    }

    @Override
    public int findSeries(int shard, String database, byte[] key, int from, int to, long hash) {
        return UNKNOWN_SERIES;
    }

    @Override
    public long epoch() {
        return 0;
    }

    @Override
    public void write(@Nullable PointBatch[] batches, WriteCallback callback) {
        writes.add(Objects.requireNonNull(batches[0]).database());
        callback.done(new WriteResult.Acknowledged());
    }
}
