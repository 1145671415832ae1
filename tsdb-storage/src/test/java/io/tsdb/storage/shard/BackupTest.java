package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// A backup is everything that was acknowledged before it began, whatever goes on meanwhile, and a
/// restore gives exactly that or says which file is wrong.
class BackupTest {
    private static final FileStore IO = new LocalFileStore();

    @TempDir Path temporary;

    private static Store open(Path directory, FileStore io) throws IOException {
        LogConfig log = LogConfig.defaults().withSegmentBytes(1 << 20);
        return Store.open(
                StoreWrites.config(directory, 2, log),
                io,
                System::nanoTime,
                InstantSource.system());
    }

    private void checkRestored(Path backup, String name, StoreModel model) throws Exception {
        Path restored = temporary.resolve(name);
        BackupRestore.restore(IO, backup, restored);
        try (Store store = open(restored, IO)) {
            model.check(store, TimeRange.ALL, false);
            // it is a store like any other: goes on, and keeps what is written
            model.writeRandom(store, 50);
            store.flush();
            model.check(store, TimeRange.ALL, true);
        }
    }

    @Test
    void restoresWhatWasAcknowledged() throws Exception {
        var model = new StoreModel(new Random(3));
        Path backup = temporary.resolve("backup");
        try (Store store = open(temporary.resolve("store"), IO)) {
            for (int i = 0; i < 4; i++) {
                model.writeRandom(store, 500);
                if (i % 2 == 0) {
                    store.flush();
                }
                model.deleteRandom(store);
            }
            BackupSummary summary = store.backup(backup, Optional.empty(), List.of());
            assertThat(summary.fileCount()).isGreaterThan(6);
            assertThat(summary.totalBytes()).isPositive();
        }
        checkRestored(backup, "restored", model);
    }

    /// What is written while the backup runs is another's: it may be in it or not, the rest is
    /// whole.
    @Test
    @Timeout(120)
    void isWholeWhileWritesFlushesAndCompactionsGoOn() throws Exception {
        var model = new StoreModel(new Random(4));
        try (Store store = open(temporary.resolve("store"), IO)) {
            model.writeRandom(store, 2000);
            var done = new AtomicBoolean();
            var writes =
                    CompletableFuture.runAsync(
                            () -> {
                                for (int i = 0; !done.get(); i++) {
                                    writeOther(store, i);
                                    store.flush();
                                    store.compact();
                                }
                            },
                            work -> new Thread(work).start());
            List<Path> backups = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Path backup = temporary.resolve("backup-" + i);
                store.backup(
                        backup,
                        i == 0 ? Optional.empty() : Optional.of(backups.getLast()),
                        List.of());
                backups.add(backup);
            }
            done.set(true);
            writes.get();
        }
        for (int i = 0; i < 4; i++) {
            Path restored = temporary.resolve("restored-" + i);
            BackupRestore.restore(IO, temporary.resolve("backup-" + i), restored);
            try (Store store = open(restored, IO)) {
                model.check(store, TimeRange.ALL, false);
                store.shards().forEach(shard -> shard.parts().forEach(part -> part.verify()));
            }
        }
    }

    private static void writeOther(Store store, int value) {
        SeriesKey key = SeriesKey.of("m", Map.of("host", "h" + value % 50));
        int shard = store.shardOf(key.slot());
        PointBatch[] batches = new PointBatch[store.shards().size()];
        batches[shard] = new PointBatch("other");
        MeasurementRows rows = batches[shard].rows("m");
        int row = rows.addRow(StoreWrites.reference(store, shard, "other", key, rows), value);
        rows.column("v", FieldType.INT64).put(row, value);
        try {
            StoreWrites.write(store, batches);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void takesPartsOfThePreviousBackupFromThere() throws Exception {
        var model = new StoreModel(new Random(6));
        Path first = temporary.resolve("first");
        Path second = temporary.resolve("second");
        try (Store store = open(temporary.resolve("store"), IO)) {
            model.writeRandom(store, 500);
            assertThat(store.backup(first, Optional.empty(), List.of()).sharedCount()).isZero();
            model.writeRandom(store, 500);
            int before = store.shards().stream().mapToInt(shard -> shard.parts().size()).sum();
            assertThat(store.backup(second, Optional.of(first), List.of()).sharedCount())
                    .isEqualTo(before);
            assertThatThrownBy(() -> store.backup(second, Optional.empty(), List.of()))
                    .hasMessageContaining("exists already");
        }
        // each is whole without the other
        for (Path file : files(first)) {
            Files.delete(file);
        }
        checkRestored(second, "restored", model);
    }

    @Test
    void namesEveryFileThatIsNotWhatWasBackedUp() throws Exception {
        var model = new StoreModel(new Random(7));
        Path backup = temporary.resolve("backup");
        try (Store store = open(temporary.resolve("store"), IO)) {
            model.writeRandom(store, 300);
            store.backup(backup, Optional.empty(), List.of());
        }
        int tried = 0;
        for (Path file : files(backup)) {
            if (file.endsWith(BackupSums.FILE)) {
                continue;
            }
            byte[] good = Files.readAllBytes(file);
            byte[] bad = good.clone();
            bad[bad.length / 2] ^= 4;
            Files.delete(file); // a second name of the store's file
            Files.write(file, bad);
            Path target = temporary.resolve("bad-" + tried++);
            assertThatThrownBy(() -> BackupRestore.restore(IO, backup, target))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(file.toString());
            assertThat(target).doesNotExist();
            Files.delete(file);
            assertThatThrownBy(() -> BackupRestore.restore(IO, backup, target))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file + " is missing");
            Files.write(file, good);
        }
        assertThat(tried).isGreaterThan(5);
        Files.delete(backup.resolve(BackupSums.FILE));
        assertThatThrownBy(() -> BackupRestore.restore(IO, backup, temporary.resolve("none")))
                .hasMessageContaining("no complete backup");
    }

    /// A mount point has a `lost+found` of its own; `lock` is left by a node that was tried in it.
    @Test
    void fillsADirectoryThatIsThereAndEmpty() throws Exception {
        var model = new StoreModel(new Random(9));
        Path backup = backupOf(model);
        Path target = Files.createDirectories(temporary.resolve("mounted"));
        Files.createDirectory(target.resolve("lost+found"));
        Files.createFile(target.resolve("lock"));
        Object before = Files.readAttributes(target, BasicFileAttributes.class).fileKey();
        BackupRestore.restore(IO, backup, target);
        assertThat(Files.readAttributes(target, BasicFileAttributes.class).fileKey())
                .isEqualTo(before);
        assertThat(target.resolve("restoring")).doesNotExist();
        try (Store store = open(target, IO)) {
            model.check(store, TimeRange.ALL, true);
            assertThatThrownBy(() -> BackupRestore.restore(IO, backup, target))
                    .hasMessageContaining("is not empty");
        }
        Path other = Files.createDirectories(temporary.resolve("other"));
        Files.createFile(other.resolve("tokens"));
        assertThatThrownBy(() -> BackupRestore.restore(IO, backup, other))
                .hasMessage(other + " exists already and is not empty: tokens");
    }

    /// Whichever call fails: without the file `store` it is no data directory, with it the data is
    /// whole; the same command goes on unless it was moving files into their place.
    @Test
    @Timeout(120)
    void isNoDataDirectoryUntilAllIsThere() throws Exception {
        var model = new StoreModel(new Random(10));
        Path backup = backupOf(model);
        int repeated = 0;
        int refused = 0;
        boolean whole = false;
        for (int call = 1; !whole; call++) {
            Path target = Files.createDirectories(temporary.resolve("target-" + call));
            var faulty = new FaultyFileStore(temporary, call);
            faulty.fail(call, 1, "disk error");
            try {
                BackupRestore.restore(faulty, backup, target);
                whole = true;
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("disk error");
                if (isMoving(target)) {
                    assertThatThrownBy(() -> BackupRestore.restore(IO, backup, target))
                            .hasMessageContaining("is not empty");
                    refused++;
                } else {
                    BackupRestore.restore(IO, backup, target);
                    repeated++;
                }
            }
            assertThat(BackupRestore.isUnderWay(IO, target))
                    .isEqualTo(!Files.exists(target.resolve(StoreMeta.FILE)));
            if (Files.exists(target.resolve(StoreMeta.FILE))) {
                try (Store store = open(target, IO)) {
                    model.check(store, TimeRange.ALL, true);
                }
            }
        }
        assertThat(repeated).isGreaterThan(20);
        assertThat(refused).isGreaterThan(2);
    }

    private Path backupOf(StoreModel model) throws Exception {
        Path backup = temporary.resolve("backup");
        try (Store store = open(temporary.resolve("store"), IO)) {
            model.writeRandom(store, 300);
            store.backup(backup, Optional.empty(), List.of());
        }
        return backup;
    }

    private static boolean isMoving(Path target) throws IOException {
        try (var entries = Files.list(target)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .anyMatch(name -> !Set.of("restoring", "lock").contains(name));
        }
    }

    /// A backup that fails leaves the store as it was, and nothing that could be taken for a
    /// backup.
    @Test
    @Timeout(120)
    void leavesNothingWhenAnyCallFails() throws Exception {
        var model = new StoreModel(new Random(8));
        int failures = 0;
        try (Store store = open(temporary.resolve("store"), IO)) {
            model.writeRandom(store, 200);
            store.flush();
            boolean made = false;
            for (int call = 1; !made; call++) {
                var faulty = new FaultyFileStore(temporary, call);
                faulty.fail(call, 1, "disk error");
                Path backup = temporary.resolve("backup-" + call);
                try {
                    store.copy(faulty, backup, Optional.empty(), List.of());
                    made = true;
                } catch (IOException e) {
                    assertThat(e).hasMessage("disk error");
                    failures++;
                    assertThat(backup).doesNotExist();
                }
                model.check(store, TimeRange.ALL, false);
            }
        }
        assertThat(failures).isGreaterThan(30);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var walk = Files.walk(directory)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
