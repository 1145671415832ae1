package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.part.PartConfig;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Whatever is flipped, cut off or removed in a data directory: it is named, or nothing is lost by
/// it; never fewer or other rows, never another exception.
class DamagedStoreTest {
    /// More: `-Dtsdb.seeds=1000`, as the profile `soak` does.
    private static final int SEEDS = Integer.getInteger("tsdb.seeds", 60);

    private static final int SEED_SECONDS_MAX = 60;

    /// What is made anew at start, and the lock.
    private static final List<String> REBUILDABLE =
            List.of("lock", "clock", "dictionary", ".tmp", ".index");

    @TempDir static Path temporary;

    private static Path stopped = Path.of("");
    private static Path killed = Path.of("");
    private static List<?> rowsWhenStopped = List.of();
    private static List<?> rowsWhenKilled = List.of();

    private static Store open(Path directory, FileStore io) throws IOException {
        var log = LogConfig.defaults().withSegmentBytes(1 << 13);
        return Store.open(
                new StoreConfig(
                        directory,
                        2,
                        64 << 20,
                        1 << 20,
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(20),
                        0,
                        LocalLog.factory(log, System::nanoTime),
                        PartConfig.defaults()),
                io,
                System::nanoTime,
                InstantSource.system());
    }

    /// One that was stopped, with parts only, and one that was killed, with segments of its log
    /// that nothing else holds.
    @BeforeAll
    static void write() throws Exception {
        stopped = temporary.resolve("stopped");
        killed = temporary.resolve("killed");
        var model = new StoreModel(new Random(7));
        try (Store store = open(stopped, new LocalFileStore())) {
            for (int round = 0; round < 3; round++) {
                model.writeRandom(store, 200);
                store.flush();
            }
            model.deleteRandom(store);
            for (int round = 0; round < 12; round++) {
                model.writeRandom(store, 100);
            }
            rowsWhenKilled = model.rowsByShard(store);
            StoreModelTest.copy(stopped, killed);
        }
        rowsWhenStopped = rowsWhenKilled;
    }

    @Test
    void damageIsNamedOrHarmless() throws Exception {
        var outcomes = new TreeMap<String, Integer>();
        int first = Integer.getInteger("tsdb.seed", 1);
        for (int seed = first; seed < first + SEEDS; seed++) {
            var random = new Random(seed);
            boolean stop = random.nextBoolean();
            Path copy = temporary.resolve("copy-" + seed);
            StoreModelTest.copy(stop ? stopped : killed, copy);
            Path damaged = anyFile(copy, random);
            String act = damage(damaged, random, stop);
            String what = "seed %d: %s %s".formatted(seed, act, copy.relativize(damaged));
            Object rows = stop ? rowsWhenStopped : rowsWhenKilled;
            boolean named =
                    CompletableFuture.supplyAsync(() -> check(copy, damaged, rows, what))
                            .get(SEED_SECONDS_MAX, TimeUnit.SECONDS);
            outcomes.merge(act + (named ? " named" : " harmless"), 1, Integer::sum);
            if (!named && act.equals("removed")) {
                assertThat(REBUILDABLE.stream().anyMatch(what::contains)).as(what).isTrue();
            }
            delete(copy);
        }
        System.out.printf("DamagedStoreTest: %s%n", outcomes);
        assertThat(outcomes.keySet()).contains("removed named", "cut named");
    }

    /// Files and directories alike, whatever their number.
    private static Path anyFile(Path root, Random random) throws IOException {
        var byKind = new TreeMap<String, List<Path>>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : (Iterable<Path>) all.filter(path -> !path.equals(root))::iterator) {
                String kind = file.getFileName().toString().replaceAll("[0-9-]+", "N");
                if (Files.isRegularFile(file) || kind.equals("shard-N") || kind.equals("wal")) {
                    byKind.computeIfAbsent(kind, _ -> new ArrayList<>()).add(file);
                }
            }
        }
        List<List<Path>> kinds = List.copyOf(byKind.values());
        List<Path> files = kinds.get(random.nextInt(kinds.size()));
        files.sort(Comparator.naturalOrder());
        return files.get(random.nextInt(files.size()));
    }

    private static String damage(Path file, Random random, boolean stop) throws IOException {
        if (Files.isDirectory(file)) {
            delete(file);
            return "removed";
        }
        byte[] content = Files.readAllBytes(file);
        int kind = random.nextInt(3);
        // a flip in the last group cannot be told from what a crash has left of it
        boolean maybeTorn = kind == 2 && !stop && file.toString().endsWith(".wal");
        if (kind == 0 || content.length == 0 || maybeTorn) {
            Files.delete(file);
            return "removed";
        }
        if (kind == 1) {
            Files.write(file, Arrays.copyOf(content, random.nextInt(content.length)));
            return "cut";
        }
        content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, content);
        return "flipped";
    }

    /// @return whether it was named; otherwise every row is there
    private static boolean check(Path directory, Path damaged, Object rows, String what) {
        try (Store store = open(directory, new LocalFileStore())) {
            if (!store.damages().isEmpty()) { // the start left a part out, and says so
                assertThat(String.join("\n", store.damages()))
                        .as(what)
                        .contains(directory.relativize(damaged).toString());
                return true;
            }
            List<Map<String, ?>> found = List.copyOf(StoreModel.readByShard(store));
            assertThat(found).as(what).isEqualTo(rows);
            return false;
        } catch (CorruptDataException | NoSuchFileException e) {
            // a segment by the one behind it, a folder by what should be in it
            String text = String.valueOf(e.getMessage());
            Path named = directory.relativize(damaged);
            assertThat(text).as(what).contains(directory + "/" + named.getName(0));
            if (!text.contains("segment") && !text.contains("the log begins")) {
                assertThat(text).as(what).contains(damaged.toString());
            }
            return true;
        } catch (IOException e) {
            throw new AssertionError(what, e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(each);
            }
        }
    }
}
