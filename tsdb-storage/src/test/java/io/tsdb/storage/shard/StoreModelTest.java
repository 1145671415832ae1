package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.TimeRange;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Random writes, flushes, compactions, deletes, drops, new types, clean restarts and crashes: the
/// answer never depends on where a point lies.
class StoreModelTest {
    private static final int STEPS = 90;

    /// Merges much more often than anybody would, into parts of all spans.
    private static final CompactionConfig EAGER =
            new CompactionConfig(2, Duration.ofHours(1), 20_000, 1 << 20, 1);

    @TempDir Path temporary;

    private Instant now = Instant.parse("2023-11-15T00:00:00Z");

    /// More: `-Dtsdb.models=N`, as the profile `soak` does.
    static LongStream seeds() {
        return LongStream.rangeClosed(1, Integer.getInteger("tsdb.models", 6));
    }

    /// Another seed: `-Dtsdb.seed=N`.
    @ParameterizedTest
    @MethodSource("seeds")
    void givesTheSameRowsAsSortedMaps(long number) throws Exception {
        long seed = Long.getLong("tsdb.seed", number);
        System.out.println("StoreModelTest seed " + seed);
        var random = new Random(seed);
        var model = new StoreModel(random).withClock(() -> now);
        boolean limited = false;
        int limits = 0;
        Path directory = temporary.resolve("store-0");
        int compactions = 0;
        Store store = open(directory);
        try {
            for (int step = 0; step < STEPS; step++) {
                int kind = random.nextInt(30);
                if (kind == 0) {
                    store.close();
                    store = open(directory);
                } else if (kind == 1) {
                    // What a killed process leaves: the files as they are, nothing closed.
                    Path copy = temporary.resolve("store-" + (step + 1));
                    copy(directory, copy);
                    store.close();
                    directory = copy;
                    store = open(directory);
                } else if (kind < 5) {
                    store.flush();
                } else if (kind < 8 && kind != 6) {
                    store.flush();
                    // with a limit, rows are to be on both sides of it
                    now = now.plusSeconds(random.nextInt(limited ? 60_000 : 2_000_000));
                    store.flush(); // days have passed: one would come in between
                    store.expire();
                    store.compact();
                    store.forgetEmptySeries();
                    compactions += store.partStatistics().compactionCount() > 0 ? 1 : 0;
                } else if (kind == 9 || kind == 10) {
                    model.deleteRandom(store);
                } else if (kind == 8 && random.nextInt(3) == 0) {
                    store.dropDatabase(StoreModel.DATABASE);
                    model.dropped();
                    limited = false;
                } else if (kind == 11 || kind == 12) {
                    limited |= model.limitRandom(store);
                    limits += limited ? 1 : 0;
                } else if (kind == 6) {
                    String measurement = StoreModel.MEASUREMENTS.get(random.nextInt(2));
                    store.dropMeasurement(StoreModel.DATABASE, measurement);
                    model.dropped(measurement);
                } else {
                    model.writeRandom(store, 1 + random.nextInt(kind < 15 ? 4000 : 300));
                }
                if (step % 5 == 4) {
                    model.check(store, TimeRange.ALL, random.nextBoolean());
                    long from = 1_700_000_000_000_000_000L + random.nextInt(300) * 600_000_000_000L;
                    long to = from + 1 + random.nextInt(200) * 600_000_000_000L;
                    model.check(store, new TimeRange(from, to), random.nextBoolean());
                }
            }
            System.out.printf(
                    "StoreModelTest seed %d: %d steps that compacted, %d with a limit, %d rows"
                            + " expired, %d series forgotten%n",
                    seed,
                    compactions,
                    limits,
                    store.partStatistics().expiredRowCount(),
                    store.shards().stream().mapToInt(Shard::forgottenSeriesCount).sum());
            assertThat(store.partStatistics().compactionFailureCount()).isZero();
        } finally {
            store.close();
        }
    }

    private Store open(Path directory) throws IOException {
        LogConfig log = LogConfig.defaults().withSegmentBytes(1 << 20);
        return Store.open(
                StoreWrites.config(directory, 2, log, EAGER),
                new LocalFileStore(),
                () -> System.nanoTime() + TimeUnit.SECONDS.toNanos(now.getEpochSecond()),
                () -> now);
    }

    /// Copies what the target lacks.
    static void copyMissing(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!Files.exists(target)) {
                    Files.copy(file, target);
                }
            }
        }
    }

    /// Copies a directory as it is at one moment: once more when a store's own threads changed it
    /// meanwhile.
    static void copy(Path from, Path to) throws IOException {
        while (true) {
            Map<Path, String> before = files(from);
            if (copied(before.keySet(), from, to) && before.equals(files(from))) {
                return;
            }
            delete(to);
        }
    }

    /// Whether all files were still there.
    private static boolean copied(Set<Path> files, Path from, Path to) throws IOException {
        try {
            for (Path file : files) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
            return true;
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// All files and folders with what tells that they have changed, folders before what they hold.
    private static Map<Path, String> files(Path directory) throws IOException {
        var files = new TreeMap<Path, String>();
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) {
                        files.put(folder, "folder");
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        files.put(file, attributes.lastModifiedTime() + " " + attributes.fileKey());
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e)
                            throws IOException {
                        if (e instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE; // gone since its folder was read
                        }
                        throw e;
                    }
                });
        return files;
    }
}
