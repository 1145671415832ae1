package io.tsdb.cluster.node.server;

import io.tsdb.ingest.batch.PointSink;
import io.tsdb.ingest.batch.RequestPoints;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.DatabaseSchema;

import org.jspecify.annotations.Nullable;

import java.util.List;
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
    public @Nullable DatabaseSchema database(String database) {
        return catalog.database(database);
    }

    @Override
    public int findSeries(
            int shard, MeasurementId measurement, byte[] key, int from, int to, long hash) {
        return UNKNOWN_SERIES;
    }

    @Override
    public void write(RequestPoints points, WriteCallback callback) {
        writes.add(points.database());
        callback.done(new WriteResult.Acknowledged());
    }
}
