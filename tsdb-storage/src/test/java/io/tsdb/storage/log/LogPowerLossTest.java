package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.SimulatedDisk;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What a log wrote and no sync made durable is there for the next run as long as the machine
/// lives. The segment that this run begins says where the one before it ends, so it must be durable
/// by then.
@Timeout(60)
class LogPowerLossTest {
    private static final LogConfig CONFIG =
            new LogConfig(1 << 14, Durability.SYNC, 0, 0, 1 << 20, 200, false);

    @TempDir Path temporary;

    private static NodeLog started(
            SimulatedDisk disk, Path directory, AbstractShardLogTest.Applied applied)
            throws IOException {
        NodeLog log = LocalLog.open(disk, directory, CONFIG, System::nanoTime);
        log.shard(0).start(0, applied);
        log.shard(NodeLog.CATALOG).start(0, (_, _) -> {});
        log.recover();
        return log;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void outlivesAPowerLossAfterAnEndWhoseSyncFailed(long seed) throws Exception {
        Path root = temporary.resolve("before");
        var disk = new SimulatedDisk(root, seed);
        disk.makeDirectories(root.resolve("wal"));
        disk.syncDirectory(root);
        try (NodeLog log = started(disk, root.resolve("wal"), new AbstractShardLogTest.Applied())) {
            AbstractShardLogTest.append(log, new AbstractShardLogTest.Applied(), 1, 5);
            disk.watch(
                    (_, _) -> {
                        throw new IOException("not this time");
                    });
        }
        disk.watch((_, _) -> {});
        try (NodeLog log = started(disk, root.resolve("wal"), new AbstractShardLogTest.Applied())) {
            AbstractShardLogTest.append(log, new AbstractShardLogTest.Applied(), 6, 3);
        }
        Path later = temporary.resolve("after");
        var after = new AbstractShardLogTest.Applied();
        started(disk.powerLoss(later), later.resolve("wal"), after).close();
        assertThat(after.values()).isEqualTo(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L));
    }

    private record Cut(SimulatedDisk disk, Path root, int acknowledged) {}

    /// Segments that are filled beforehand are cut behind their records, left early and deleted,
    /// after every small entry; the power goes before each sync there is.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void givesRoomBackAndKeepsWhatItAcknowledged(long seed) throws Exception {
        Path root = temporary.resolve("before");
        var disk = new SimulatedDisk(root, seed);
        disk.makeDirectories(root.resolve("wal"));
        disk.syncDirectory(root);
        var acknowledged = new AtomicInteger();
        List<Cut> cuts = Collections.synchronizedList(new ArrayList<>());
        disk.watch(
                (_, _) -> {
                    int known = acknowledged.get(); // others may go on while the disk is copied
                    Path left = temporary.resolve("cut-" + cuts.size());
                    cuts.add(new Cut(disk.powerLoss(left), left, known));
                });
        var random = new Random(seed);
        var millis = new AtomicLong(); // each look at the time is a millisecond later
        LogConfig config =
                new LogConfig(1 << 14, Durability.SYNC, 0, 0, 1 << 20, 200, true)
                        .withQuietMillis(1);
        int cutShort = 0;
        try (LocalLog log =
                Recorder.open(
                        disk,
                        root.resolve("wal"),
                        config,
                        () -> TimeUnit.MILLISECONDS.toNanos(millis.incrementAndGet()),
                        new Recorder())) {
            for (int i = 0; i < 60; i++) {
                int bytes = random.nextInt(3) == 0 ? 0 : random.nextInt(6_000);
                assertThat(Recorder.append(log.shard(0), Recorder.entry(i, bytes)))
                        .isEqualTo(i + 1);
                acknowledged.set(i + 1);
                cutShort += segmentsBelow(disk, root.resolve("wal"), 1 << 14) > 1 ? 1 : 0;
            }
        }
        assertThat(cutShort).as("segments are cut").isPositive();
        assertThat(cuts).hasSizeGreaterThan(60);
        for (Cut cut : cuts) {
            var recorder = new Recorder();
            Recorder.open(cut.disk(), cut.root().resolve("wal"), CONFIG, recorder).close();
            assertThat(recorder.entries).as("%s", cut).allMatch(e -> e.value() == e.index() - 1);
            assertThat(recorder.entries)
                    .as("%s", cut)
                    .hasSizeGreaterThanOrEqualTo(cut.acknowledged());
        }
    }

    private static int segmentsBelow(SimulatedDisk disk, Path wal, long bytes) throws IOException {
        int count = 0;
        for (Path file : disk.list(wal)) {
            if (file.toString().endsWith(".wal") && disk.size(file) < bytes) {
                count++;
            }
        }
        return count;
    }
}
