package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanRequest;
import io.tsdb.storage.shard.CheckReport.Fate;
import io.tsdb.storage.shard.CheckReport.Finding;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/// `tsdb check` and `--repair`, and a store that is opened with damaged parts.
class StoreCheckTest {
    private static final long DAY = 86_400_000_000_000L;
    private static final int DAMAGES = 120;

    @TempDir Path temporary;

    private static Store open(Path directory) throws IOException {
        LogConfig log = LogConfig.defaults().withSegmentBytes(1 << 20);
        return Store.open(
                StoreWrites.config(directory, 2, log),
                new LocalFileStore(),
                System::nanoTime,
                InstantSource.system());
    }

    private static CheckReport check(Path directory, boolean repairs) throws IOException {
        return StoreCheck.run(new LocalFileStore(), directory, repairs, false);
    }

    private static List<Fate> fates(CheckReport report) {
        return report.findings().stream().map(Finding::fate).toList();
    }

    /// Parts of several flushes, deletes, and rows that only the log has; left as a killed process
    /// leaves it.
    private StoreModel prepare(Path directory, boolean deletes) throws Exception {
        var model = new StoreModel(new Random(11));
        Path running = temporary.resolve("running-" + deletes);
        try (Store store = open(running)) {
            for (int flush = 0; flush < 3; flush++) {
                model.writeRandom(store, 1500);
                store.flush();
                if (deletes) {
                    model.deleteRandom(store);
                }
            }
            model.writeRandom(store, 700);
            StoreModelTest.copy(running, directory);
        }
        return model;
    }

    private static void checkRows(StoreModel model, Path directory) throws IOException {
        try (Store store = open(directory)) {
            model.check(store, TimeRange.ALL, false);
        }
    }

    @Test
    void findsNothingWrongWhereNothingIs() throws Exception {
        Path directory = temporary.resolve("data");
        StoreModel model = prepare(directory, true);
        CheckReport report = check(directory, false);
        assertThat(report.findings()).isEmpty();
        assertThat(report.isWhole()).isTrue();
        assertThat(report.partCount()).isPositive();
        assertThat(report.entryCount()).isPositive();
        checkRows(model, directory);
        assertThat(check(directory, true).findings()).isEmpty();
        checkRows(model, directory);
        try (Store store = open(directory)) {
            assertThat(store.damages()).isEmpty();
            assertThatThrownBy(() -> check(directory, false)).hasMessageContaining("in use");
        }
        assertThatThrownBy(() -> check(temporary.resolve("none"), false))
                .hasMessageContaining("no data directory");
    }

    /// A `store` of an older backup in place of a lost one: parts of what came since must not pass
    /// for those of measurements that have ended, or they would go.
    @Test
    void namesAnOlderStoreFile() throws Exception {
        Path directory = temporary.resolve("data");
        byte[] older;
        try (Store store = open(directory)) {
            writeOne(store, "plant", "motors");
            store.flush();
            older = Files.readAllBytes(directory.resolve("store"));
            writeOne(store, "plant", "pumps");
            store.flush();
        }
        requireRefusal(directory, older, "1/2");
        try (Store store = open(directory)) {
            older = Files.readAllBytes(directory.resolve("store"));
            writeOne(store, "offices", "doors");
            store.flush();
        }
        requireRefusal(directory, older, "2/1");
        try (Store store = open(directory)) {
            assertThat(store.dropDatabase("offices")).isTrue();
        }
        assertThat(check(directory, false).findings()).isEmpty();
    }

    /// What only a lost segment had is lost, and is not called repaired.
    @Test
    void givesUpWhatALostSegmentHeld() throws Exception {
        Path directory = temporary.resolve("data");
        prepare(directory, false);
        Path newest;
        try (Stream<Path> segments = Files.list(directory.resolve("wal"))) {
            newest =
                    segments.filter(file -> file.toString().endsWith(".wal"))
                            .max(Comparator.naturalOrder())
                            .orElseThrow();
        }
        Files.delete(newest);
        assertThat(check(directory, false).findings())
                .anyMatch(finding -> finding.text().contains(newest.toString()));
        CheckReport repaired = check(directory, true);
        assertThat(fates(repaired)).containsExactly(Fate.GIVEN_UP);
        assertThat(repaired.findings().getFirst().text()).contains(newest.toString(), "are gone");
        assertThat(check(directory, false).findings()).isEmpty();
    }

    private static void requireRefusal(Path directory, byte[] older, String measurement)
            throws IOException {
        Path file = directory.resolve("store");
        byte[] newest = Files.readAllBytes(file);
        Files.write(file, older);
        assertThat(check(directory, true).findings())
                .anyMatch(
                        finding ->
                                finding.fate() == Fate.DAMAGED
                                        && finding.text().contains(file + ": an older one")
                                        && finding.text().contains(measurement));
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("an older one")
                .hasMessageContaining("put the newest one back");
        Files.write(file, newest);
        assertThat(check(directory, false).findings()).isEmpty();
    }

    private static void writeOne(Store store, String database, String measurement)
            throws Exception {
        var batch = new PointBatch(database);
        SeriesKey key = SeriesKey.of(measurement, Map.of("id", "a"));
        MeasurementRows rows = batch.rows(measurement);
        int series = StoreWrites.reference(store, 0, database, key, rows);
        int row = rows.addRow(series, DAY);
        rows.column("v", FieldType.INT64).put(row, 1);
        StoreWrites.write(store, batch);
    }

    /// A flipped bit, a cut, a removal in every kind of file whose loss costs something.
    @Test
    void namesEveryDamage() throws Exception {
        Path prepared = temporary.resolve("prepared");
        prepare(prepared, true);
        long seed = Long.getLong("tsdb.seed", 5);
        var random = new Random(seed);
        List<Path> files;
        try (Stream<Path> all = Files.walk(prepared)) {
            files =
                    all.filter(Files::isRegularFile)
                            .filter(StoreCheckTest::counts)
                            .sorted()
                            .toList();
        }
        for (int i = 0; i < DAMAGES; i++) {
            Path file = files.get(random.nextInt(files.size()));
            byte[] good = Files.readAllBytes(file);
            boolean isLog = file.toString().endsWith(".wal");
            int kind = isLog ? 0 : random.nextInt(3);
            if (kind == 0) {
                byte[] bad = good.clone();
                // of the log, what is surely not its tail
                int at = random.nextInt(isLog ? 20_000 : good.length);
                bad[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, bad);
            } else if (kind == 1) {
                Files.write(file, java.util.Arrays.copyOf(good, random.nextInt(good.length)));
            } else {
                Files.delete(file);
            }
            CheckReport report = check(prepared, false);
            if (!(kind == 2 && file.endsWith("clock"))) {
                assertThat(report.isWhole()).as("seed %d, %s, %d", seed, file, kind).isFalse();
                assertThat(report.findings())
                        .as("seed %d, %s, %d", seed, file, kind)
                        .anyMatch(finding -> finding.text().contains(file.toString()));
            }
            Files.write(file, good);
        }
        assertThat(check(prepared, false).findings()).isEmpty();
    }

    /// The dictionary is made anew whenever it is not in order; the lock has no content.
    private static boolean counts(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith("dictionary") && !name.equals("lock") && !name.endsWith(".tmp");
    }

    private static Path first(Path directory, String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(file -> file.toString().endsWith(suffix)).sorted().findFirst().get();
        }
    }

    @Test
    void makesIndexesManifestsAndTheClockAnew() throws Exception {
        Path directory = temporary.resolve("data");
        StoreModel model = prepare(directory, false);
        Files.delete(first(directory, ".index"));
        Files.write(directory.resolve("clock"), new byte[40]);
        CheckReport report = check(directory, true);
        assertThat(fates(report)).containsOnly(Fate.REPAIRED).hasSize(2);
        assertThat(check(directory, false).findings())
                .singleElement()
                .satisfies(
                        finding -> {
                            assertThat(finding.fate()).isEqualTo(Fate.NOTE);
                            assertThat(finding.text()).contains("clock: the file is missing");
                        });
        for (int shard = 0; shard < 2; shard++) {
            Path manifest = directory.resolve("shard-" + shard).resolve("manifest");
            if (shard == 0) {
                Files.delete(manifest);
            } else {
                Files.write(manifest, new byte[10]);
            }
        }
        assertThat(check(directory, false).findings())
                .filteredOn(finding -> finding.fate() == Fate.DAMAGED)
                .hasSize(2)
                .allMatch(finding -> finding.text().contains("do not start a node"));
        assertThat(fates(check(directory, true))).contains(Fate.REPAIRED);
        assertThat(fates(check(directory, false))).containsExactly(Fate.NOTE);
        checkRows(model, directory);
        // once more, on what that start has flushed and nothing is in the log
        Files.delete(directory.resolve("shard-0").resolve("manifest"));
        assertThat(fates(check(directory, true))).contains(Fate.REPAIRED);
        checkRows(model, directory);
    }

    /// A lock is nothing that has to be there: what is damaged beside it is named all the same.
    @Test
    void namesADamagedClockWhereTheLockIsGone() throws Exception {
        Path directory = temporary.resolve("data");
        prepare(directory, false);
        Files.delete(directory.resolve("lock"));
        Files.write(directory.resolve("clock"), new byte[40]);
        assertThat(check(directory, false).findings())
                .filteredOn(finding -> finding.fate() == Fate.DAMAGED)
                .singleElement()
                .satisfies(finding -> assertThat(finding.text()).contains("clock"));
    }

    @Test
    void hasASeriesLogMadeAnewFromParts() throws Exception {
        Path directory = temporary.resolve("data");
        prepareDays(directory);
        Path series = first(directory, "series.log");
        Files.delete(series);
        assertThat(check(directory, false).findings())
                .singleElement()
                .satisfies(
                        finding ->
                                assertThat(finding.text())
                                        .contains(series.toString(), "--repair has it made anew"));
        assertThatThrownBy(() -> open(directory)).isInstanceOf(CorruptDataException.class);
        assertThat(fates(check(directory, true))).containsExactly(Fate.REPAIRED);
        assertThat(check(directory, false).findings()).isEmpty();
        for (int start = 0; start < 2; start++) {
            try (Store store = open(directory)) {
                assertThat(rows(store, TimeRange.ALL)).isEqualTo(30);
            }
        }
        assertThat(check(directory, false).findings()).isEmpty();
    }

    /// The log, and deletes, name series by the numbers that they have in it.
    @Test
    void leavesASeriesLogWhoseNumbersAreNeeded() throws Exception {
        Path directory = temporary.resolve("data");
        StoreModel model = prepare(directory, true);
        Path series = first(directory, "series.log");
        byte[] good = Files.readAllBytes(series);
        Files.delete(series);
        CheckReport report = check(directory, true);
        assertThat(fates(report)).containsExactly(Fate.DAMAGED);
        assertThat(report.findings().getFirst().text())
                .contains(series.toString(), "put it back from a backup");
        Files.write(series, good);
        checkRows(model, directory);
    }

    /// What compactions replaced but a crash left lying is not taken for parts.
    @Test
    void takesNoReplacedPartsIntoAManifestMadeAnew() throws Exception {
        Path directory = temporary.resolve("data");
        Path before = temporary.resolve("before");
        prepareDays(before);
        StoreModelTest.copy(before, directory);
        try (Store store = compacting(directory)) {
            store.compact();
            assertThat(store.partStatistics().compactionCount()).isPositive();
        }
        StoreModelTest.copyMissing(before, directory);
        Files.delete(directory.resolve("shard-0").resolve("manifest"));
        CheckReport report = check(directory, true);
        assertThat(fates(report)).contains(Fate.REPAIRED, Fate.NOTE);
        try (Store store = open(directory)) {
            assertThat(rows(store, TimeRange.ALL)).isEqualTo(30);
            assertThat(store.shards().getFirst().parts()).hasSizeLessThan(3);
        }
    }

    private static Store compacting(Path directory) throws IOException {
        return Store.open(
                StoreWrites.config(directory, 1, LogConfig.defaults()),
                new LocalFileStore(),
                System::nanoTime,
                () -> java.time.Instant.parse("2027-01-01T00:00:00Z"));
    }

    /// Ten rows on each of three days, a part each, in one shard.
    private static void prepareDays(Path directory) throws Exception {
        try (Store store =
                Store.open(
                        StoreWrites.config(directory, 1, LogConfig.defaults()),
                        new LocalFileStore(),
                        System::nanoTime,
                        InstantSource.system())) {
            for (int day = 0; day < 3; day++) {
                var batch = new PointBatch("db");
                MeasurementRows rows = batch.rows("m");
                var key = SeriesKey.of("m", Map.of("host", "a"));
                int reference = StoreWrites.reference(store, 0, "db", key, rows);
                for (int i = 0; i < 10; i++) {
                    int row = rows.addRow(reference, day * DAY + i);
                    rows.column("v", FieldType.INT64).put(row, i);
                }
                StoreWrites.write(store, batch);
                store.flush();
            }
        }
    }

    private static TimeRange day(int day) {
        return new TimeRange(day * DAY, (day + 1) * DAY);
    }

    /// Rows within a range, with their values read.
    private static int rows(Store store, TimeRange range) {
        Optional<MeasurementScan> opened = store.shards().getFirst().open("db", "m");
        int count = 0;
        long[] values = new long[BlockCursor.ROWS_MAX];
        long[] presence = new long[BlockCursor.PRESENCE_WORDS];
        try (MeasurementScan scan = opened.orElseThrow();
                BlockCursor cursor =
                        scan.blocks(
                                new ScanRequest(scan.series().ids(), range, List.of("v"), false))) {
            while (cursor.nextBlock()) {
                cursor.longs(0, values, presence);
                assertThat(values[cursor.rowCount() - 1]).isEqualTo(9);
                count += cursor.rowCount();
            }
        }
        return count;
    }

    private static List<Path> parquetFiles(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve("shard-0"))) {
            return all.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
        }
    }

    @Test
    void aPartThatCannotBeReadIsGivenUpAndMovedAside() throws Exception {
        Path directory = temporary.resolve("data");
        prepareDays(directory);
        Path middle = parquetFiles(directory).get(1);
        byte[] bytes = Files.readAllBytes(middle);
        bytes[bytes.length / 3] ^= 4;
        Files.write(middle, bytes);
        assertThat(check(directory, false).findings())
                .singleElement()
                .satisfies(
                        finding ->
                                assertThat(finding.text())
                                        .contains(middle.toString(), "10 rows", "1970-01-02"));
        CheckReport report = check(directory, true);
        assertThat(fates(report)).containsExactly(Fate.GIVEN_UP);
        assertThat(report.isWhole()).isTrue();
        assertThat(directory.resolve("quarantine").resolve(directory.relativize(middle)))
                .hasBinaryContent(bytes);
        assertThat(check(directory, false).findings()).isEmpty();
        try (Store store = open(directory)) {
            assertThat(rows(store, TimeRange.ALL)).isEqualTo(20);
        }
    }

    /// The rest is served; who asks for times of the part gets an error that says what can be done.
    @Test
    void aStoreOpensWithoutAPartThatIsMissing() throws Exception {
        Path directory = temporary.resolve("data");
        prepareDays(directory);
        Path middle = parquetFiles(directory).get(1);
        Path aside = temporary.resolve("aside");
        Files.move(middle, aside);
        try (Store store = open(directory)) {
            assertThat(rows(store, day(0))).isEqualTo(10);
            assertThat(rows(store, day(2))).isEqualTo(10);
            for (TimeRange range : List.of(day(1), TimeRange.ALL)) {
                assertThatThrownBy(() -> rows(store, range))
                        .isInstanceOf(CorruptDataException.class)
                        .hasMessageContaining(middle.toString())
                        .hasMessageContaining("10 rows between 1970-01-02")
                        .hasMessageContaining("tsdb check --repair");
            }
            assertThat(store.damages())
                    .singleElement()
                    .satisfies(
                            text ->
                                    assertThat(text)
                                            .startsWith(directory.relativize(middle).toString()));
            // writes and flushes go on, and the manifest goes on naming it
            var batch = new PointBatch("db");
            MeasurementRows rows = batch.rows("m");
            var key = SeriesKey.of("m", Map.of("host", "a"));
            int row = rows.addRow(StoreWrites.reference(store, 0, "db", key, rows), 5 * DAY);
            rows.column("v", FieldType.INT64).put(row, 9);
            StoreWrites.write(store, batch);
            store.flush();
            store.compact();
            assertThat(rows(store, day(5))).isEqualTo(1);
        }
        Files.move(aside, middle);
        try (Store store = open(directory)) {
            assertThat(store.damages()).isEmpty();
            assertThat(rows(store, TimeRange.ALL)).isEqualTo(31);
        }
    }

    @Test
    void aStartMakesADamagedIndexAnew() throws Exception {
        Path directory = temporary.resolve("data");
        prepareDays(directory);
        Path index = first(directory.resolve("shard-0"), ".index");
        byte[] good = Files.readAllBytes(index);
        Files.write(index, new byte[7]);
        try (Store store = open(directory)) {
            assertThat(rows(store, TimeRange.ALL)).isEqualTo(30);
            assertThat(store.damages()).isEmpty();
        }
        assertThat(index).hasBinaryContent(good);
    }

    /// A page is found damaged when it is read: its readers get an error, all else is answered.
    @Test
    void aPageThatIsFoundDamagedIsRemembered() throws Exception {
        Path directory = temporary.resolve("data");
        prepareDays(directory);
        Path middle = parquetFiles(directory).get(1);
        byte[] bytes = Files.readAllBytes(middle);
        for (int i = 4; i < 60; i++) {
            bytes[i] ^= 0x55;
        }
        Files.write(middle, bytes);
        try (Store store = open(directory)) {
            assertThat(store.damages()).isEmpty();
            var failures = new ArrayList<String>();
            for (int day = 0; day < 3; day++) {
                try {
                    assertThat(rows(store, day(day))).isEqualTo(10);
                } catch (CorruptDataException e) {
                    failures.add(day + " " + e.path());
                }
            }
            assertThat(failures).containsExactly("1 " + middle);
            assertThat(store.damages())
                    .singleElement()
                    .satisfies(
                            text ->
                                    assertThat(text)
                                            .startsWith(directory.relativize(middle).toString()));
            assertThat(store.shards().getFirst().parts()).extracting(Part::rowCount).hasSize(3);
        }
    }

    /// A backup of the formats of that time; made with `-Dtsdb.golden.create=true`, never changed.
    @Test
    void restoresTheGoldenBackup() throws Exception {
        Path golden = io.tsdb.storage.io.FormatFiles.golden("backup/v1");
        if (!Files.exists(golden) && Boolean.getBoolean("tsdb.golden.create")) {
            Path made = temporary.resolve("made");
            prepareDays(made);
            try (Store store = open(made)) {
                store.backup(golden, Optional.empty(), List.of());
            }
        }
        assertThat(check(golden, false).findings()).isEmpty();
        assertThat(Files.readAllLines(golden.resolve("SHA256SUMS")))
                .hasSize(9)
                .allMatch(line -> line.matches("[0-9a-f]{64}  (store|shard-0/[-a-z0-9./=]+)"));
        Path restored = temporary.resolve("restored");
        BackupRestore.restore(new LocalFileStore(), golden, restored);
        try (Store store = open(restored)) {
            assertThat(rows(store, TimeRange.ALL)).isEqualTo(30);
            assertThat(rows(store, day(1))).isEqualTo(10);
        }
    }

    @Test
    void readsBackups() throws Exception {
        Path directory = temporary.resolve("data");
        prepareDays(directory);
        Path backup = temporary.resolve("backup");
        Files.writeString(directory.resolve("tokens"), "hashes");
        try (Store store = open(directory)) {
            store.backup(backup, Optional.empty(), List.of("tokens", "absent"));
        }
        assertThat(backup.resolve("tokens")).hasContent("hashes");
        assertThat(check(backup, false).findings()).isEmpty();
        assertThatThrownBy(() -> check(backup, true)).hasMessageContaining("is a backup");
        Files.writeString(backup.resolve("tokens"), "hashed");
        assertThat(check(backup, false).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.text()).contains("tokens: SHA-256"));
        Files.delete(backup.resolve("SHA256SUMS"));
        assertThat(check(backup, false).findings())
                .singleElement()
                .satisfies(
                        finding ->
                                assertThat(finding.text())
                                        .contains(backup.toString(), "without SHA256SUMS"));
    }
}
