package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.part.PartConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Log, series and manifest after a fault: replay gives every series the id it had.
class StoreRecoveryTest {
    @TempDir Path temporary;

    private static StoreConfig config(Path directory) {
        return config(directory, Duration.ofSeconds(20));
    }

    private static StoreConfig config(Path directory, Duration stopFlushMax) {
        return new StoreConfig(
                directory,
                1,
                64 << 20,
                16 << 20,
                Duration.ofMinutes(10),
                stopFlushMax,
                0,
                LogConfig.defaults().withSegmentBytes(1 << 20),
                PartConfig.defaults());
    }

    private static Store open(Path directory) throws IOException {
        return Store.open(config(directory), new LocalFileStore(), System::nanoTime);
    }

    private static SeriesKey host(String name) {
        return SeriesKey.of("m", Map.of("host", name));
    }

    private static int find(Store store, SeriesKey key) {
        byte[] bytes = key.bytes();
        return store.shards().getFirst().findSeries("db", bytes, 0, bytes.length, key.hash());
    }

    /// Writes a row of a series that the shard does not know.
    private static void writeNew(Store store, String host) throws Exception {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows("m");
        write(store, batch, rows.addNewSeries(host(host)));
    }

    /// Writes a row of a series by the id that the sender has for it.
    private static void writeKnown(Store store, int id) throws Exception {
        write(store, new PointBatch("db"), id);
    }

    private static void write(Store store, PointBatch batch, int ref) throws Exception {
        store.catalog().addMeasurement("db", "m").addField("v", FieldType.INT64);
        MeasurementRows rows = batch.rows("m");
        rows.column("v", FieldType.INT64).put(rows.addRow(ref, 1_700_000_000_000_000_000L), 1);
        write(store, batch);
    }

    private static void write(Store store, PointBatch batch) throws Exception {
        var done = new CompletableFuture<Boolean>();
        var listener =
                new WriteListener() {
                    @Override
                    public void applied() {
                        done.complete(true);
                    }

                    @Override
                    public void failed(String reason) {
                        done.completeExceptionally(new IOException(reason));
                    }
                };
        assertThat(store.shards().getFirst().write(batch, listener)).isTrue();
        assertThat(done.get(20, TimeUnit.SECONDS)).isTrue();
    }

    /// A sender whose cache is from before the drop writes by an old id: the row gets a new series,
    /// at replay too, though the drop itself is not replayed any more.
    @Test
    void revivesSeriesAtReplayAsItDidBefore() throws Exception {
        Path killed = temporary.resolve("killed");
        try (Store store = open(temporary.resolve("store"))) {
            writeNew(store, "a");
            store.dropDatabase("db");
            store.flush();
            writeKnown(store, 0);
            writeNew(store, "b");
            writeKnown(store, 2);
            assertThat(find(store, host("a"))).isEqualTo(1);
            assertThat(find(store, host("b"))).isEqualTo(2);
            StoreModelTest.copy(temporary.resolve("store"), killed);
        }
        try (Store store = open(killed)) {
            assertThat(find(store, host("a"))).isEqualTo(1);
            assertThat(find(store, host("b"))).isEqualTo(2);
            assertThat(store.shards().getFirst().headPointCount()).isEqualTo(3);
        }
    }

    /// With async durability a power loss may take log records that a part already holds.
    @Test
    void keepsWhatIsWrittenAfterTheLogLostWhatAPartHolds() throws Exception {
        Path directory = temporary.resolve("store");
        try (Store store = open(directory)) {
            writeNew(store, "a");
            writeKnown(store, 0);
            writeKnown(store, 0);
        }
        try (Stream<Path> segments = Files.list(directory.resolve("wal"))) {
            for (Path segment : (Iterable<Path>) segments::iterator) {
                Files.delete(segment);
            }
        }
        Path killed = temporary.resolve("killed");
        try (Store store = open(directory)) {
            writeNew(store, "b");
            StoreModelTest.copy(directory, killed);
        }
        try (Store store = open(killed)) {
            assertThat(find(store, host("b"))).isEqualTo(1);
            assertThat(store.shards().getFirst().headPointCount()).isEqualTo(1);
        }
    }

    /// The flush thread opens the parts it wrote: series of a database that was dropped meanwhile
    /// must not get ids there.
    @Test
    void givesNoIdsToSeriesDroppedDuringAFlush() throws Exception {
        Path directory = temporary.resolve("store");
        var io = new FaultyFileStore(directory, 1);
        var inFlush = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        try (Store store = Store.open(config(directory), io, System::nanoTime)) {
            writeNew(store, "a");
            io.beforeSync(
                    () -> {
                        if (Thread.currentThread().getName().equals("flush")) {
                            inFlush.countDown();
                            await(release);
                        }
                    });
            CompletableFuture<Void> flush = CompletableFuture.runAsync(store::flush);
            await(inFlush);
            store.dropDatabase("db");
            release.countDown();
            flush.get(20, TimeUnit.SECONDS);
            assertThat(store.shards().getFirst().seriesCount()).isEqualTo(1);
            writeNew(store, "a");
            assertThat(find(store, host("a"))).isEqualTo(1);
        }
        try (Store store = open(directory)) {
            assertThat(find(store, host("a"))).isEqualTo(1);
        }
    }

    @Test
    void replaysNothingAfterACleanStop() throws Exception {
        Path directory = temporary.resolve("store");
        try (Store store = open(directory)) {
            writeNew(store, "a");
        }
        try (Store store = open(directory)) {
            assertThat(store.shards().getFirst().headPointCount()).isZero();
            assertThat(store.shards().getFirst().parts()).hasSize(1);
        }
    }

    /// A disk that is too slow for the flush of a stop: it is given up, and the log has everything.
    @Test
    void leavesToTheLogWhatAStopCannotFlushInTime() throws Exception {
        Path directory = temporary.resolve("store");
        var io = new FaultyFileStore(directory, 1);
        var release = new CountDownLatch(1);
        Store store = Store.open(config(directory, Duration.ZERO), io, System::nanoTime);
        writeNew(store, "a");
        io.beforeSync(
                () -> {
                    if (Thread.currentThread().getName().equals("flush")) {
                        await(release);
                    }
                });
        CompletableFuture<Void> close =
                CompletableFuture.runAsync(() -> close(store), work -> new Thread(work).start());
        CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS).execute(release::countDown);
        close.get(20, TimeUnit.SECONDS);
        try (Store again = open(directory)) {
            assertThat(again.shards().getFirst().parts()).isEmpty();
            assertThat(again.shards().getFirst().headPointCount()).isEqualTo(1);
        }
    }

    /// A disk that fails while entries are applied, on a thread of their own: the start fails with
    /// it, and does not hang.
    @Test
    @Timeout(60)
    void aStartFailsWithTheDisk() throws Exception {
        Path killed = temporary.resolve("killed");
        try (Store store = open(temporary.resolve("store"))) {
            store.catalog().addMeasurement("db", "m").addField("v", FieldType.INT64);
            var batch = new PointBatch("db");
            MeasurementRows rows = batch.rows("m");
            for (int host = 0; host < 4_000; host++) {
                int row = rows.addRow(rows.addNewSeries(host("host-" + host)), 1);
                rows.column("v", FieldType.INT64).put(row, 1);
            }
            write(store, batch);
            StoreModelTest.copy(temporary.resolve("store"), killed);
        }
        int failedInReplay = 0;
        boolean opened = false;
        for (int call = 1; !opened; call++) {
            Path copy = temporary.resolve("copy-" + call);
            StoreModelTest.copy(killed, copy);
            var io = new FaultyFileStore(copy, 1);
            io.fail(call, 1_000, "disk is gone");
            try {
                Store.open(small(copy), io, System::nanoTime);
                opened = true;
            } catch (IOException | RuntimeException e) {
                assertThat(e).hasStackTraceContaining("disk is gone");
                failedInReplay += hasReplayThread(e) ? 1 : 0;
            }
        }
        assertThat(failedInReplay).isPositive();
    }

    /// With a head so small that recovery flushes.
    private static StoreConfig small(Path directory) {
        StoreConfig config = config(directory);
        return new StoreConfig(
                directory,
                1,
                1 << 20,
                config.cacheBytesMax(),
                config.flushAge(),
                config.stopFlushMax(),
                0,
                config.log(),
                config.parts());
    }

    private static boolean hasReplayThread(Throwable thrown) {
        return Stream.of(thrown.getStackTrace())
                .anyMatch(frame -> frame.getClassName().endsWith("ShardReplay"));
    }

    private static void close(Store store) {
        try {
            store.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
