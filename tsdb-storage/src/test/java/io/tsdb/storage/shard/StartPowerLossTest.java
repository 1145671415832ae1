package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.SimulatedDisk;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.schema.CatalogState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A file that was put in place and whose directory could not be synced before the process ended:
/// whoever starts with it stays with it, also when the power goes, since the log is trimmed by it.
class StartPowerLossTest {
    private static final int SEEDS = 30;
    private static final long BEFORE = 40;
    private static final long NEWER = 42;

    @TempDir Path temporary;

    /// A file that says up to where the log is not needed.
    private interface Kept {
        void create(FileStore disk, Path data) throws IOException;

        void write(FileStore disk, Path data, long index) throws IOException;

        void start(FileStore disk, Path data) throws IOException;

        long index(FileStore disk, Path data) throws IOException;
    }

    private void check(Kept file) throws IOException {
        for (int seed = 1; seed <= SEEDS; seed++) {
            Path data = temporary.resolve("run-" + seed);
            var disk = new SimulatedDisk(data, seed);
            file.create(disk, data);
            disk.syncDirectory(data);
            file.write(disk, data, BEFORE);
            disk.watch(
                    (kind, _) -> {
                        if (kind == SimulatedDisk.Sync.DIRECTORY) {
                            throw new IOException("Input/output error");
                        }
                    });
            assertThatThrownBy(() -> file.write(disk, data, NEWER)).hasMessageContaining("Input");
            disk.watch((_, _) -> {});
            assertThat(file.index(disk, data)).isEqualTo(NEWER);
            file.start(disk, data);
            Path left = temporary.resolve("left-" + seed);
            assertThat(file.index(disk.powerLoss(left), left)).as("seed %d", seed).isEqualTo(NEWER);
        }
    }

    @Test
    void aManifestIsDurableBeforeAnythingGoesByIt() throws IOException {
        check(
                new Kept() {
                    private static Path shard(Path data) {
                        return StoreFiles.shard(data, 0);
                    }

                    @Override
                    public void create(FileStore disk, Path data) throws IOException {
                        disk.createDirectories(shard(data));
                    }

                    @Override
                    public void write(FileStore disk, Path data, long index) throws IOException {
                        new Manifest(LogPositions.at(index), 0, 1, List.of(), List.of(), List.of())
                                .store(disk, shard(data));
                    }

                    @Override
                    public void start(FileStore disk, Path data) throws IOException {
                        PartSet.load(disk, shard(data));
                    }

                    @Override
                    public long index(FileStore disk, Path data) throws IOException {
                        return Manifest.load(disk, shard(data)).logIndex();
                    }
                });
    }

    @Test
    void theStoreFileIsDurableBeforeAnythingGoesByIt() throws IOException {
        check(
                new Kept() {
                    private static StoreFiles files(FileStore disk, Path data) throws IOException {
                        NodeLog log =
                                LocalLog.open(
                                        disk,
                                        data.resolve("wal"),
                                        LogConfig.defaults(),
                                        System::nanoTime);
                        return new StoreFiles(disk, data, log);
                    }

                    @Override
                    public void create(FileStore disk, Path data) throws IOException {
                        files(disk, data).create(1);
                    }

                    @Override
                    public void write(FileStore disk, Path data, long index) throws IOException {
                        var catalog = new CatalogState(index, 1, List.of());
                        new StoreMeta(1, catalog, true).store(disk, data);
                    }

                    @Override
                    public void start(FileStore disk, Path data) throws IOException {
                        files(disk, data).check(StoreMeta.load(disk, data).orElseThrow());
                    }

                    @Override
                    public long index(FileStore disk, Path data) throws IOException {
                        return StoreMeta.load(disk, data).orElseThrow().catalog().index();
                    }
                });
    }
}
