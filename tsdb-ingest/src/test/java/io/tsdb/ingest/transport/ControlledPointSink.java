package io.tsdb.ingest.transport;

import io.tsdb.ingest.batch.FakePointSink;
import io.tsdb.ingest.batch.PointSink;
import io.tsdb.ingest.batch.RequestPoints;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.Definitions;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Keeps what is written, and answers as a test wants: at once, later, or not well. Calls back on
/// its own thread, as a real sink does. Any thread.
final class ControlledPointSink implements PointSink, AutoCloseable {
    private final FakePointSink points = new FakePointSink(2);
    private final List<String> written = new ArrayList<>();
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private final ExecutorService callbacks = Executors.newSingleThreadExecutor();
    private @Nullable Set<String> databases;
    private boolean holding;
    private WriteResult outcome = new WriteResult.Acknowledged();
    private int writes;
    private int pointsInLargestWrite;

    private record Held(RequestPoints points, WriteCallback callback) {}

    /// From now on writes wait for [#letGo()].
    synchronized void hold() {
        holding = true;
    }

    /// Finishes the writes that wait, and those that come.
    synchronized void letGo() {
        holding = false;
        while (!held.isEmpty()) {
            Held next = held.remove();
            finish(next.points, next.callback);
        }
    }

    synchronized void answer(WriteResult result) {
        outcome = result;
    }

    /// From now on only these databases exist.
    synchronized void onlyDatabases(String... names) {
        databases = new HashSet<>(List.of(names));
    }

    /// Points written so far, as [FakePointSink#describe] says them, in order of arrival.
    synchronized List<String> written() {
        return List.copyOf(written);
    }

    synchronized int heldWrites() {
        return held.size();
    }

    /// Calls of [#write].
    synchronized int writes() {
        return writes;
    }

    synchronized int pointsInLargestWrite() {
        return pointsInLargestWrite;
    }

    @Override
    public int shardCount() {
        return points.shardCount();
    }

    @Override
    public int shardOf(int slot) {
        return points.shardOf(slot);
    }

    @Override
    public synchronized boolean openDatabase(String database) {
        Set<String> existing = databases;
        return (existing == null || existing.contains(database)) && points.openDatabase(database);
    }

    @Override
    public synchronized @Nullable DatabaseSchema database(String database) {
        return points.database(database);
    }

    @Override
    public synchronized int findSeries(
            int shard, MeasurementId measurement, byte[] key, int from, int to, long hash) {
        return points.findSeries(shard, measurement, key, from, to, hash);
    }

    @Override
    public synchronized void write(RequestPoints request, WriteCallback callback) {
        writes++;
        int count = 0;
        for (PointBatch batch : request.byShard()) {
            count += batch == null ? 0 : batch.pointCount();
        }
        pointsInLargestWrite = Math.max(pointsInLargestWrite, count);
        if (holding) {
            held.add(new Held(request, callback));
        } else {
            finish(request, callback);
        }
    }

    private void finish(RequestPoints request, WriteCallback callback) {
        WriteResult result = outcome;
        if (result instanceof WriteResult.Acknowledged) {
            points.write(
                    request,
                    taken -> {
                        if (taken instanceof WriteResult.Acknowledged) {
                            written.addAll(points.describe(request.byShard()));
                        }
                        callbacks.execute(() -> callback.done(taken));
                    });
        } else {
            callbacks.execute(() -> callback.done(result));
        }
    }

    /// Defines something as another connection would.
    synchronized void define(Definitions definitions) {
        points.catalog().define(definitions);
    }

    synchronized Catalog catalog() {
        return points.catalog();
    }

    @Override
    public void close() {
        callbacks.shutdownNow();
    }
}
