package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// A compaction that is cut off anywhere, by a failing disk, a kill or a power loss, loses nothing,
/// doubles nothing, and is done again.
class CompactionCrashTest {
    @TempDir Path temporary;

    private Instant now = Instant.parse("2023-11-15T00:00:00Z");

    private Store open(Path directory, FileStore io) throws IOException {
        var config =
                new StoreConfig(
                        directory,
                        1,
                        64 << 20,
                        16 << 20,
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(20),
                        0,
                        LocalLog.factory(
                                LogConfig.defaults().withSegmentBytes(1 << 20), System::nanoTime),
                        PartConfig.defaults(),
                        new CompactionConfig(2, Duration.ofHours(1), 1 << 20, 1 << 20, 1));
        return Store.open(
                config,
                io,
                () -> System.nanoTime() + TimeUnit.SECONDS.toNanos(now.getEpochSecond()),
                () -> now);
    }

    /// Several flushes, late rows, duplicates and deletes among them: something to merge.
    private StoreModel prepare(Path directory) throws Exception {
        var model = new StoreModel(new Random(7)).withClock(() -> now);
        try (Store store = open(directory, new LocalFileStore())) {
            for (int flush = 0; flush < 4; flush++) {
                model.writeRandom(store, 400);
                store.flush();
                model.deleteRandom(store);
            }
            assertThat(store.shards().getFirst().parts()).hasSizeGreaterThan(4);
            now = now.plus(Duration.ofDays(100));
            assertThat(model.limitRandom(store)).isTrue();
            store.expire(); // the day is believed; whether something has gone is not asked here
        }
        return model;
    }

    @Test
    @Timeout(300)
    void losesNothingWhateverCallFails() throws Exception {
        Path prepared = temporary.resolve("prepared");
        StoreModel model = prepare(prepared);
        int failures = 0;
        boolean untouched = false;
        for (int call = 1; !untouched; call++) {
            Path directory = temporary.resolve("fails-" + call);
            StoreModelTest.copy(prepared, directory);
            var io = new FaultyFileStore(directory, call);
            io.adoptFiles();
            Path killed = temporary.resolve("killed-" + call);
            Path lost = temporary.resolve("lost-" + call);
            try (Store store = open(directory, io)) {
                io.fail(call, 1, "disk error");
                store.expire();
                store.compact();
                untouched =
                        store.partStatistics().compactionFailureCount() == 0 && io.calls() < call;
                failures += store.partStatistics().compactionFailureCount() > 0 ? 1 : 0;
                io.fail(Integer.MAX_VALUE / 2, 0, "");
                model.check(store, TimeRange.ALL, call % 2 == 0);
                StoreModelTest.copy(directory, killed);
                io.powerLoss(lost);
            }
            checkAndCompact(model, killed);
            checkAndCompact(model, lost);
            untouched |= call > 200;
        }
        assertThat(failures).isGreaterThan(20);
        System.out.printf("CompactionCrashTest: %d calls that failed%n", failures);
    }

    private void checkAndCompact(StoreModel model, Path directory) throws IOException {
        try (Store store = open(directory, new LocalFileStore())) {
            model.check(store, TimeRange.ALL, false);
            store.expire();
            store.compact();
            assertThat(store.partStatistics().compactionFailureCount()).isZero();
            model.check(store, TimeRange.ALL, true);
            // one part a measurement is left, and it can be read to the last byte
            assertThat(store.shards().getFirst().parts()).hasSize(2).allSatisfy(Part::verify);
        }
    }
}
