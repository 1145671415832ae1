package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.SimulatedDisk;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

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
}
