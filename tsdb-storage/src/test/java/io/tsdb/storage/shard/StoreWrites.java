package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.schema.BatchNumbers;
import io.tsdb.storage.schema.DefineOutcome;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Writes to stores of tests: what the way in does, in its plainest form.
final class StoreWrites {
    private StoreWrites() {}

    /// A store with small segments that flushes when it is told to.
    static StoreConfig config(Path directory, int shardCount, LogConfig log) {
        return config(directory, shardCount, log, CompactionConfig.defaults());
    }

    static StoreConfig config(
            Path directory, int shardCount, LogConfig log, CompactionConfig compaction) {
        return new StoreConfig(
                directory,
                shardCount,
                64 << 20,
                16 << 20,
                Duration.ofMinutes(10),
                Duration.ofSeconds(20),
                0,
                LocalLog.factory(log, System::nanoTime),
                PartConfig.defaults(),
                compaction);
    }

    /// A store with one shard, on the real disk and by the real clocks.
    static Store open(Path directory) throws IOException {
        return Store.open(
                config(directory, 1, LogConfig.defaults()),
                new LocalFileStore(),
                System::nanoTime,
                InstantSource.system());
    }

    /// Defines what the batches need and gives them their numbers.
    static void number(Store store, @Nullable PointBatch... batches) throws Exception {
        List<PointBatch> all = given(batches);
        Definitions needed = BatchNumbers.needed(all, Definitions.BY_NAME);
        DefineOutcome outcome = get(store.define(needed));
        assertThat(outcome).isInstanceOf(DefineOutcome.Defined.class);
        var database = ((DefineOutcome.Defined) outcome).database();
        for (PointBatch batch : all) {
            assertThat(BatchNumbers.put(batch, database, store.catalog().appliedIndex())).isTrue();
        }
    }

    private static List<PointBatch> given(@Nullable PointBatch[] batches) {
        var all = new ArrayList<PointBatch>();
        for (PointBatch batch : batches) {
            if (batch != null) {
                all.add(batch);
            }
        }
        return all;
    }

    /// Appends batches that have numbers, by shard, and waits until all are acknowledged.
    static void append(Store store, @Nullable PointBatch... batches) throws Exception {
        var waits = new ArrayList<CompletableFuture<Void>>();
        for (int shard = 0; shard < batches.length; shard++) {
            PointBatch batch = batches[shard];
            if (batch != null) {
                var done = new CompletableFuture<Void>();
                waits.add(done);
                assertThat(store.shards().get(shard).write(batch, listener(done))).isTrue();
            }
        }
        for (CompletableFuture<Void> wait : waits) {
            get(wait);
        }
    }

    static void write(Store store, @Nullable PointBatch... batches) throws Exception {
        number(store, batches);
        append(store, batches);
    }

    /// Reference of a series: its id, or one of a new series of the batch.
    static int reference(
            Store store, int shard, String database, SeriesKey key, MeasurementRows rows) {
        int id = find(store, shard, database, key);
        if (id >= 0) {
            return id;
        }
        int known = rows.newSeries().indexOf(key);
        return known >= 0 ? ~known : rows.addNewSeries(key);
    }

    static int find(Store store, int shard, String database, SeriesKey key) {
        MeasurementSchema schema =
                store.catalog().measurement(database, key.measurement()).orElse(null);
        byte[] bytes = key.bytes();
        return schema == null
                ? -1
                : store.shards()
                        .get(shard)
                        .findSeries(schema.id(), bytes, 0, bytes.length, key.hash());
    }

    static int number(Store store, String database) {
        return Objects.requireNonNull(store.catalog().database(database)).number();
    }

    private static <T> T get(CompletableFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(30, TimeUnit.SECONDS);
    }

    static WriteListener listener(CompletableFuture<Void> done) {
        return new WriteListener() {
            @Override
            public void applied() {
                done.complete(null);
            }

            @Override
            public void failed(String reason) {
                done.completeExceptionally(new IllegalStateException(reason));
            }
        };
    }
}
