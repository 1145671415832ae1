package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.scan.MeasurementScan;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A measurement whose files cannot be written: all others are flushed, nothing of it is lost, and
/// once it can be, it is flushed by itself. What there is to say of it, and of a flush that takes
/// too long, is said.
@Timeout(120)
class PoisonedMeasurementTest {
    private static final List<String> NAMES = List.of("m1", "m2", "m3", "m4", "m5");

    /// Number of `m2`, the second that is defined.
    private static final MeasurementId POISONED = new MeasurementId(1, 2);

    private static final Predicate<Path> ITS_FILES =
            file -> file.toString().contains("/parts/" + POISONED + "/");

    @TempDir Path temporary;

    private final Map<String, List<Long>> expected = new TreeMap<>();
    private long next = 1;

    private static Store open(Path directory, FileStore io) throws IOException {
        var config =
                new StoreConfig(
                        directory,
                        1,
                        4 << 20,
                        1 << 20,
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(20),
                        0,
                        LocalLog.factory(
                                LogConfig.defaults().withSegmentBytes(1 << 16), System::nanoTime),
                        PartConfig.defaults());
        return Store.open(config, io, System::nanoTime, InstantSource.system());
    }

    private FaultyFileStore poisoned(Path directory) throws IOException {
        var io = new FaultyFileStore(directory, 1);
        io.refuse(ITS_FILES);
        return io;
    }

    private void write(Store store) throws Exception {
        var batch = new PointBatch("db");
        for (String name : NAMES) {
            SeriesKey key = SeriesKey.of(name, Map.of("host", "a"));
            MeasurementRows rows = batch.rows(name);
            int series = StoreWrites.reference(store, 0, "db", key, rows);
            for (int row = 0; row < 20; row++) {
                int at = rows.addRow(series, 1_700_000_000_000_000_000L + next);
                rows.column("v", FieldType.INT64).put(at, next);
                expected.computeIfAbsent(name, _ -> new ArrayList<>()).add(next++);
            }
        }
        StoreWrites.write(store, batch);
    }

    private void check(Store store) {
        for (String name : NAMES) {
            try (MeasurementScan scan = shard(store).open("db", name).orElseThrow()) {
                assertThat(ScanRows.values(scan, "v")).as(name).isEqualTo(expected.get(name));
            }
        }
    }

    private static Shard shard(Store store) {
        return store.shards().getFirst();
    }

    private static List<MeasurementId> owners(Store store) {
        return shard(store).parts().stream()
                .map(Part::id)
                .map(id -> id.measurement())
                .sorted()
                .toList();
    }

    @Test
    void keepsNoOtherFromBeingFlushed() throws Exception {
        Path directory = temporary.resolve("store");
        FaultyFileStore io = poisoned(directory);
        try (Store store = open(directory, io)) {
            for (int round = 1; round <= 3; round++) {
                write(store);
                assertThatThrownBy(store::flush)
                        .isInstanceOf(CompletionException.class)
                        .hasMessageContaining("1 measurements could not be flushed")
                        .hasMessageContaining("poisoned");
                assertThat(owners(store)).hasSize(4 * round).doesNotContain(POISONED);
                assertThat(shard(store).headPointCount()).isEqualTo(20L * round);
                assertThat(shard(store).trouble().orElseThrow())
                        .contains(
                                "measurement 'm2' of database 'db' (1/2) of shard 0 cannot be"
                                        + " flushed:")
                        .contains("cannot create");
                check(store);
            }
            killAndStart(directory, "healed", false);
            killAndStart(directory, "ill", true);
            io.refuse(_ -> false);
            shard(store).newestFlush().get(60, TimeUnit.SECONDS);
            assertThat(owners(store)).contains(POISONED);
            assertThat(shard(store).headPointCount()).isZero();
            assertThat(shard(store).trouble()).isEmpty();
            assertThat(shard(store).partSet().positions().apart()).isEmpty();
            check(store);
        }
        try (Store store = open(directory, new LocalFileStore())) {
            assertThat(store.log().recoveredEntries()).isZero();
            check(store);
        }
    }

    /// The log still has its rows, and of all others those that no part has.
    private void killAndStart(Path directory, String name, boolean ill) throws Exception {
        Path killed = temporary.resolve(name);
        StoreModelTest.copy(directory, killed);
        FileStore io = ill ? poisoned(killed) : new LocalFileStore();
        try (Store store = open(killed, io)) {
            check(store);
            assertThat(shard(store).headPointCount()).isEqualTo(ill ? 60 : 0);
        }
        try (Store store = open(killed, new LocalFileStore())) {
            check(store);
            assertThat(owners(store)).contains(POISONED);
            assertThat(shard(store).partSet().positions().apart()).isEmpty();
        }
    }

    /// More of it is refused before it takes the memory of others.
    @Test
    void takesAShareOfMemoryAndNoMore() throws Exception {
        Path directory = temporary.resolve("store");
        FaultyFileStore io = poisoned(directory);
        try (Store store = open(directory, io)) {
            write(store);
            int refusedAt = 0;
            for (int round = 1; round < 400 && refusedAt == 0; round++) {
                var batch = new PointBatch("db");
                addRows(store, batch, "m2", round);
                StoreWrites.number(store, batch);
                if (!shard(store).write(batch, StoreWrites.listener(new CompletableFuture<>()))) {
                    refusedAt = round;
                }
                shard(store).flush().exceptionally(_ -> null).get(30, TimeUnit.SECONDS);
            }
            assertThat(refusedAt).isPositive();
            assertThat(shard(store).memoryBytes()).isLessThan(4 << 20);
            var other = new PointBatch("db");
            addRows(store, other, "m3", 1);
            StoreWrites.write(store, other);
            assertThatThrownBy(
                            () -> {
                                try (Deletion deletion = shard(store).beginDelete()) {
                                    deletion.delete(
                                            POISONED, new DeletedRows.Single(new TreeMap<>()));
                                }
                            })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nothing was deleted");
            // nor is there an answer that no row is to go: those in memory may have to
            try (Deletion deletion = shard(store).beginDelete()) {
                assertThatThrownBy(() -> deletion.open("db", "m2"))
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining("nothing was deleted");
                assertThat(deletion.open("db", "m1")).isPresent();
            }
            io.refuse(_ -> false);
            // a try that was under way may still answer with the failure of before, also what was
            // cut meanwhile
            boolean failed = true;
            for (int tries = 0; failed && tries < 100; tries++) {
                CompletableFuture<Boolean> outcome =
                        shard(store).flush().handle((_, failure) -> failure != null);
                failed = outcome.get(30, TimeUnit.SECONDS);
            }
            store.flush();
            var again = new PointBatch("db");
            addRows(store, again, "m2", 401);
            StoreWrites.write(store, again);
        }
    }

    /// Its files are no trouble, they only take long: memory ends before the flush does.
    @Test
    void saysThatItsFlushIsBehind() throws Exception {
        Path directory = temporary.resolve("store");
        var io = new FaultyFileStore(directory, 1);
        var goOn = new CountDownLatch(1);
        io.refuse(file -> ITS_FILES.test(file) && waitsInVain(goOn));
        try (Store store = open(directory, io)) {
            write(store);
            CompletableFuture<Void> flush = shard(store).flush();
            boolean taken = true;
            for (int round = 1; round < 100 && taken; round++) {
                var batch = new PointBatch("db");
                addNoise(store, batch, round);
                StoreWrites.number(store, batch);
                var done = new CompletableFuture<Void>();
                taken = shard(store).write(batch, StoreWrites.listener(done));
                if (taken) {
                    done.get(30, TimeUnit.SECONDS);
                }
            }
            assertThat(taken).isFalse();
            assertThat(flush).isNotDone();
            assertThat(store.trouble().orElseThrow())
                    .startsWith("shard 0 refuses writes: its flush is behind, with ")
                    .endsWith(" of 4 MiB in memory");
            goOn.countDown();
            store.flush();
            assertThat(store.trouble()).isEmpty();
            var again = new PointBatch("db");
            addRows(store, again, "m2", 1);
            StoreWrites.write(store, again);
        } finally {
            goOn.countDown();
        }
    }

    /// Rows that no encoding makes small.
    private static void addNoise(Store store, PointBatch batch, int round) {
        var random = new Random(round);
        MeasurementRows rows = batch.rows("m3");
        SeriesKey key = SeriesKey.of("m3", Map.of("host", "noise"));
        int series = StoreWrites.reference(store, 0, "db", key, rows);
        for (int row = 0; row < 10_000; row++) {
            int at = rows.addRow(series, round * 10_000L + row);
            rows.column("v", FieldType.INT64).put(at, random.nextLong());
        }
    }

    private static boolean waitsInVain(CountDownLatch goOn) {
        try {
            return !goOn.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            return true;
        }
    }

    private static void addRows(Store store, PointBatch batch, String name, int round) {
        SeriesKey key = SeriesKey.of(name, Map.of("host", "a"));
        MeasurementRows rows = batch.rows(name);
        int series = StoreWrites.reference(store, 0, "db", key, rows);
        for (int row = 0; row < 1_000; row++) {
            int at = rows.addRow(series, round * 1_000L + row);
            rows.column("v", FieldType.INT64).put(at, row * 7_919L * round);
        }
    }
}
