package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.schema.DefineOutcome;
import io.tsdb.storage.schema.DefinitionConflict;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.FieldSchema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Log, series and manifest after a fault: replay gives every series the id it had.
class StoreRecoveryTest {
    @TempDir Path temporary;

    private static StoreConfig config(Path directory) {
        return config(directory, Duration.ofSeconds(20));
    }

    private static StoreConfig config(Path directory, Duration stopFlushMax) {
        return config(directory, 64 << 20, stopFlushMax);
    }

    private static StoreConfig config(Path directory, long headBytes, Duration stopFlushMax) {
        return new StoreConfig(
                directory,
                1,
                headBytes,
                16 << 20,
                Duration.ofMinutes(10),
                stopFlushMax,
                0,
                LocalLog.factory(LogConfig.defaults().withSegmentBytes(1 << 20), System::nanoTime),
                PartConfig.defaults());
    }

    private static Store open(Path directory) throws IOException {
        return Store.open(
                config(directory), new LocalFileStore(), System::nanoTime, InstantSource.system());
    }

    private static SeriesKey host(String name) {
        return SeriesKey.of("m", Map.of("host", name));
    }

    private static int find(Store store, SeriesKey key) {
        return StoreWrites.find(store, 0, "db", key);
    }

    /// Writes a row of a series that the shard does not know.
    private static void writeNew(Store store, String host) throws Exception {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows("m");
        StoreWrites.write(store, row(batch, rows.addNewSeries(host(host))));
    }

    /// Writes a row of a series by the id that the sender has for it.
    private static void writeKnown(Store store, int id) throws Exception {
        StoreWrites.write(store, row(new PointBatch("db"), id));
    }

    private static PointBatch row(PointBatch batch, int ref) {
        MeasurementRows rows = batch.rows("m");
        rows.column("v", FieldType.INT64).put(rows.addRow(ref, 1_700_000_000_000_000_000L), 1);
        return batch;
    }

    /// What failed 3 times of 3: a field gets another type after a drop, at once, with the drop and
    /// everything before it still in the log alone; then the process is killed.
    @Test
    void replaysAFieldThatGotAnotherTypeAfterADrop() throws Exception {
        Path killed = temporary.resolve("killed");
        try (Store store = open(temporary.resolve("store"))) {
            var floats = new PointBatch("db");
            MeasurementRows rows = floats.rows("m");
            int row = rows.addRow(rows.addNewSeries(host("a")), 1);
            rows.column("v", FieldType.FLOAT64).putDouble(row, Double.doubleToRawLongBits(1.5), 1);
            StoreWrites.write(store, floats);
            store.dropDatabase("db");
            writeNew(store, "a");
            StoreModelTest.copy(temporary.resolve("store"), killed);
        }
        try (Store store = open(killed)) {
            assertThat(store.catalog().measurement("db", "m").orElseThrow().fields().get("v"))
                    .isEqualTo(new FieldSchema("v", FieldType.INT64, 0));
            assertThat(StoreWrites.number(store, "db")).isEqualTo(2);
            assertThat(find(store, host("a"))).isEqualTo(1);
        }
    }

    /// A batch that was built before a drop and is logged after it belongs to what is gone: it is
    /// acknowledged, since its sender wrote while the database was dropped, and nobody sees it, at
    /// replay neither; nor does it disturb the ids of the new database.
    @Test
    void aBatchForADatabaseThatHasEndedIsVoidAtReplayToo() throws Exception {
        Path killed = temporary.resolve("killed");
        try (Store store = open(temporary.resolve("store"))) {
            writeNew(store, "a");
            PointBatch late = row(new PointBatch("db"), 0);
            PointBatch lateAndNew = new PointBatch("db");
            row(lateAndNew, lateAndNew.rows("m").addNewSeries(host("late")));
            StoreWrites.number(store, late, lateAndNew);
            store.dropDatabase("db");
            writeNew(store, "b");
            StoreWrites.append(store, late);
            StoreWrites.append(store, lateAndNew);
            writeNew(store, "c");
            check(store);
            StoreModelTest.copy(temporary.resolve("store"), killed);
            store.flush();
            check(store);
        }
        try (Store store = open(killed)) {
            check(store);
        }
        try (Store store = open(temporary.resolve("store"))) {
            check(store);
        }
    }

    private static void check(Store store) {
        assertThat(find(store, host("a"))).isEqualTo(-1);
        assertThat(find(store, host("b"))).isEqualTo(1);
        assertThat(find(store, host("late"))).isEqualTo(-1);
        assertThat(find(store, host("c"))).isEqualTo(2);
        assertThat(store.shards().getFirst().seriesCount()).isEqualTo(3);
    }

    /// The catalog's log says that a database has ended, the shard's does not yet: the next start
    /// makes it good.
    @Test
    void removesWhatACrashLeftOfADrop() throws Exception {
        Path directory = temporary.resolve("store");
        Path killed = temporary.resolve("killed");
        var io = new FaultyFileStore(directory, 1);
        try (Store store =
                Store.open(config(directory), io, System::nanoTime, InstantSource.system())) {
            writeNew(store, "a");
            store.flush();
            writeNew(store, "b");
            int before = io.syncs();
            io.beforeSync(
                    () -> {
                        if (io.syncs() == before + 1 && !Files.exists(killed)) {
                            copy(directory, killed);
                        }
                    });
            store.dropDatabase("db");
        }
        assertThat(killed).exists();
        try (Store store = open(killed)) {
            assertThat(store.catalog().hasDatabase("db")).isFalse();
            store.flush();
            assertThat(store.shards().getFirst().parts()).isEmpty();
            assertThat(store.shards().getFirst().measurements()).isEmpty();
        }
        try (Stream<Path> files = Files.walk(killed.resolve("shard-0").resolve("parts"))) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }

    private static void copy(Path from, Path to) {
        try {
            StoreModelTest.copy(from, to);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Names come back, numbers do not.
    @Test
    void givesNoNumberTwice() throws Exception {
        Path directory = temporary.resolve("store");
        try (Store store = open(directory)) {
            writeNew(store, "a");
            assertThat(store.dropMeasurement("db", "m")).isTrue();
            assertThat(store.dropMeasurement("db", "m")).isFalse();
            writeNew(store, "a");
            assertThat(store.catalog().measurement("db", "m").orElseThrow().id())
                    .isEqualTo(new MeasurementId(1, 2));
            store.dropDatabase("db");
        }
        try (Store store = open(directory)) {
            assertThat(store.createDatabase("db")).isTrue();
            assertThat(store.createDatabase("db")).isFalse();
            assertThat(StoreWrites.number(store, "db")).isEqualTo(2);
            store.dropDatabase("db");
        }
        try (Store store = open(directory)) {
            assertThat(store.catalog().hasDatabase("db")).isFalse();
            store.createDatabase("db");
            assertThat(StoreWrites.number(store, "db")).isEqualTo(3);
        }
    }

    /// Two requests define one field: the log has an order, and the later one learns of it; nothing
    /// of what it asked for is defined.
    @Test
    void theFirstDefinitionInTheLogCounts() throws Exception {
        Path directory = temporary.resolve("store");
        try (Store store = open(directory)) {
            var first = Definitions.in("db").field("m", "v", FieldType.INT64).build();
            var second =
                    Definitions.in("db")
                            .field("m", "v", FieldType.BOOL)
                            .field("m", "w", FieldType.BOOL)
                            .field("n", "x", FieldType.BOOL)
                            .build();
            var outcomes = List.of(store.define(first), store.define(second));
            assertThat(outcomes.get(0).get(20, TimeUnit.SECONDS))
                    .isInstanceOf(DefineOutcome.Defined.class);
            assertThat(outcomes.get(1).get(20, TimeUnit.SECONDS))
                    .isEqualTo(
                            new DefineOutcome.Conflicting(
                                    List.of(
                                            new DefinitionConflict.Type(
                                                    "m", "v", FieldType.BOOL, FieldType.INT64))));
        }
        try (Store store = open(directory)) {
            assertThat(store.catalog().measurements("db")).containsOnlyKeys("m");
            assertThat(store.catalog().measurement("db", "m").orElseThrow().fields())
                    .containsOnlyKeys("v");
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
        Path wal = directory.resolve("wal");
        try (Stream<Path> segments = Files.list(wal)) {
            for (Path segment : (Iterable<Path>) segments::iterator) {
                Files.delete(segment);
            }
        }
        try (NodeLog log = config(directory).log().open(new LocalFileStore(), wal)) {
            log.begin();
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

    /// The flush thread opens the parts it wrote: those of a database that was dropped meanwhile do
    /// not stay.
    @Test
    void keepsNothingOfADatabaseThatIsDroppedDuringAFlush() throws Exception {
        Path directory = temporary.resolve("store");
        var io = new FaultyFileStore(directory, 1);
        var inFlush = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        try (Store store =
                Store.open(config(directory), io, System::nanoTime, InstantSource.system())) {
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
            assertThat(store.shards().getFirst().parts()).isEmpty();
            writeNew(store, "a");
            assertThat(find(store, host("a"))).isEqualTo(1);
        }
        try (Store store = open(directory)) {
            assertThat(find(store, host("a"))).isEqualTo(1);
            assertThat(store.shards().getFirst().parts()).hasSize(1);
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
        Store store =
                Store.open(
                        config(directory, Duration.ZERO),
                        io,
                        System::nanoTime,
                        InstantSource.system());
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
        assertThat(Manifest.load(new LocalFileStore(), directory.resolve("shard-0")))
                .isEqualTo(Manifest.empty());
        try (Store again = open(directory)) {
            // the log says that the head was cut there, so the flush is made up for
            assertThat(again.shards().getFirst().parts()).hasSize(1);
            assertThat(again.shards().getFirst().headPointCount()).isZero();
        }
    }

    /// A disk that fails while entries are applied, on a thread of their own: the start fails with
    /// it, says which file and doing what, and does not hang.
    @Test
    @Timeout(60)
    void aStartFailsWithTheDisk() throws Exception {
        Path killed = temporary.resolve("killed");
        try (Store store = open(temporary.resolve("store"))) {
            var batch = new PointBatch("db");
            MeasurementRows rows = batch.rows("m");
            for (int host = 0; host < 8_000; host++) {
                int row = rows.addRow(rows.addNewSeries(host("host-" + host)), 1);
                rows.column("v", FieldType.INT64).put(row, 1);
            }
            StoreWrites.write(store, batch);
            StoreModelTest.copy(temporary.resolve("store"), killed);
        }
        int failedInFlush = 0;
        boolean opened = false;
        for (int call = 1; !opened; call++) {
            Path copy = temporary.resolve("copy-" + call);
            StoreModelTest.copy(killed, copy);
            var io = new FaultyFileStore(copy, 1);
            io.fail(call, 1_000, "disk is gone");
            try {
                Store.open(small(copy), io, System::nanoTime, InstantSource.system()).close();
                opened = true;
            } catch (IOException | RuntimeException e) {
                assertThat(e)
                        .isInstanceOf(IOException.class)
                        .hasMessageMatching(
                                "(shard 0 could not be recovered: |the log failed: )?cannot [a-z ]+"
                                        + " "
                                        + Pattern.quote(copy.toString())
                                        + "(/.+)?: disk is gone");
                failedInFlush += isOfAFlush(root(e)) ? 1 : 0;
            }
        }
        assertThat(failedInFlush).isPositive();
    }

    /// With a head so small that recovery flushes.
    private static StoreConfig small(Path directory) {
        return config(directory, 1 << 20, Duration.ofSeconds(20));
    }

    private static Throwable root(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static boolean isOfAFlush(Throwable thrown) {
        return Stream.of(thrown.getStackTrace())
                .anyMatch(frame -> frame.getClassName().endsWith("PartFlusher"));
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
