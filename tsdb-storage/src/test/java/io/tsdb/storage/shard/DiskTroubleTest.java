package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.scan.MeasurementScan;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// A disk that is full, or whose syncs fail, for a while: reads go on, writes go on by themselves,
/// and everything that was acknowledged is there after a power loss.
@Timeout(120)
class DiskTroubleTest {
    @TempDir Path temporary;

    private final List<Long> acknowledged = new ArrayList<>();
    private long next = 1;

    private static Store open(Path directory, FileStore io) throws IOException {
        var log = LogConfig.defaults().withSegmentBytes(1 << 14).withReopenMillis(1);
        return Store.open(
                new StoreConfig(
                        directory,
                        1,
                        64 << 20,
                        1 << 20,
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(20),
                        1,
                        LocalLog.factory(log, System::nanoTime),
                        PartConfig.defaults()),
                io,
                System::nanoTime,
                InstantSource.system());
    }

    /// Some rows of an old and of a new series, each write with more.
    private boolean write(Store store) throws Exception {
        var batch = new PointBatch("db");
        var written = new ArrayList<Long>();
        MeasurementRows rows = batch.rows("m");
        for (String host : List.of("same", "host-" + next)) {
            SeriesKey key = SeriesKey.of("m", Map.of("host", host));
            int series = StoreWrites.reference(store, 0, "db", key, rows);
            for (int row = 0; row < 100; row++) {
                int at = rows.addRow(series, next);
                rows.column("v", FieldType.INT64).put(at, next);
                written.add(next++);
            }
        }
        var done = new CompletableFuture<Void>();
        try {
            StoreWrites.number(store, batch);
            store.shards().getFirst().write(batch, StoreWrites.listener(done));
            done.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException _) {
            return false;
        }
        acknowledged.addAll(written);
        return true;
    }

    private void check(Store store) {
        try (MeasurementScan scan = store.shards().getFirst().open("db", "m").orElseThrow()) {
            assertThat(ScanRows.values(scan, "v"))
                    .containsExactlyInAnyOrderElementsOf(acknowledged);
        }
    }

    private void writeUntilRefused(Store store) throws Exception {
        boolean taken = true;
        for (int i = 0; i < 1_000 && taken; i++) {
            taken = write(store);
        }
        assertThat(taken).isFalse();
    }

    /// Ends with the test's time limit when it is in vain.
    private void writeUntilTaken(Store store) throws Exception {
        while (!write(store)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aFullDiskIsAnEpisode() throws Exception {
        Path directory = temporary.resolve("disk");
        var io = new FaultyFileStore(directory, 1);
        try (Store store = open(directory, io)) {
            assertThat(write(store)).isTrue();
            store.flush();
            for (int episode = 0; episode < 3; episode++) {
                write(store);
                io.fill(true);
                writeUntilRefused(store);
                assertThat(store.log().trouble().orElseThrow()).contains("No space left on device");
                CompletableFuture<Void> flush =
                        store.shards().getFirst().flush(); // fails, and is no reason to give up
                assertThat(flush).failsWithin(30, TimeUnit.SECONDS);
                check(store);
                io.fill(false);
                writeUntilTaken(store);
                store.flush();
                assertThat(store.trouble()).isEmpty();
                check(store);
            }
            write(store);
            powerLoss(io, "after-full");
        }
    }

    @Test
    void failedSyncsAreAnEpisode() throws Exception {
        Path directory = temporary.resolve("disk");
        var io = new FaultyFileStore(directory, 2);
        try (Store store = open(directory, io)) {
            assertThat(write(store)).isTrue();
            for (int syncs = 1; syncs < 12; syncs++) {
                io.failSyncs(syncs, "Input/output error");
                if (syncs % 2 == 0) {
                    CompletableFuture<Void> flush = store.shards().getFirst().flush();
                    flush.exceptionally(_ -> null).get(30, TimeUnit.SECONDS);
                }
                writeUntilTaken(store);
                check(store);
                powerLoss(io, "after-" + syncs);
            }
            store.flush();
            check(store);
        }
    }

    private void powerLoss(FaultyFileStore io, String name) throws IOException {
        Path after = temporary.resolve(name);
        io.powerLoss(after);
        try (Store store = open(after, new LocalFileStore())) {
            check(store);
        }
    }
}
