package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanRequest;
import io.tsdb.storage.schema.Retention;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Retention: what is seen, what goes, and what a clock must do before something goes.
class RetentionTest {
    private static final String DATABASE = "db";
    private static final long DAY = Duration.ofDays(1).toNanos();

    @TempDir Path directory;

    /// What the clock says, and how much time has really passed.
    private Instant now = Instant.parse("2026-11-27T00:00:00Z");

    private Duration passed = Duration.ZERO;

    private Store open() throws IOException {
        return Store.open(
                StoreWrites.config(directory, 1, LogConfig.defaults()),
                new LocalFileStore(),
                () -> passed.toNanos(),
                () -> now);
    }

    /// Time passes, and the clock with it.
    private void pass(Duration time) {
        passed = passed.plus(time);
        now = now.plus(time);
    }

    private long nowNanos() {
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /// Rows of series `m,host=<host>` at days back from now, each with the value 1.
    private void write(Store store, String host, double... daysBack) throws Exception {
        long[] times = new long[daysBack.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = nowNanos() - (long) (daysBack[i] * DAY);
        }
        writeAt(store, "m", host, times);
    }

    private static void writeAt(Store store, String measurement, String host, long... times)
            throws Exception {
        var batch = new PointBatch(DATABASE);
        MeasurementRows rows = batch.rows(measurement);
        var key = SeriesKey.of(measurement, Map.of("host", host));
        int reference = StoreWrites.reference(store, 0, DATABASE, key, rows);
        for (long time : times) {
            int row = rows.addRow(reference, time);
            rows.column("v", FieldType.INT64).put(row, 1);
        }
        StoreWrites.write(store, batch);
    }

    private static void limit(Store store, Duration length) throws IOException {
        assertThat(store.setRetention(DATABASE, Optional.empty(), new Retention(length.toNanos())))
                .isTrue();
    }

    /// Times of all rows that are seen, ascending; whatever the statistics say agrees.
    private static List<Long> times(Store store, String measurement) {
        var found = new ArrayList<Long>();
        Optional<MeasurementScan> opened = store.shards().getFirst().open(DATABASE, measurement);
        if (opened.isEmpty()) {
            return found;
        }
        try (MeasurementScan scan = opened.get()) {
            long[] times = new long[BlockCursor.ROWS_MAX];
            var request = new ScanRequest(scan.series().ids(), TimeRange.ALL, List.of("v"), false);
            try (BlockCursor cursor = scan.blocks(request)) {
                while (cursor.nextBlock()) {
                    cursor.times(times);
                    ColumnStatistics statistics = cursor.statistics(0);
                    assertThat(statistics == null ? cursor.rowCount() : statistics.count())
                            .isEqualTo(cursor.rowCount());
                    for (int row = 0; row < cursor.rowCount(); row++) {
                        found.add(times[row]);
                    }
                }
            }
        }
        found.sort(null);
        return found;
    }

    private static int rowCount(Store store) {
        return times(store, "m").size();
    }

    private static long rowsOnDisk(Store store) {
        return store.shards().getFirst().parts().stream().mapToLong(part -> part.rowCount()).sum();
    }

    private long filesOfParts() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("shard-0"))) {
            return files.filter(file -> file.toString().endsWith(".parquet")).count();
        }
    }

    @Test
    void rowsAreSeenUpToTheNanosecondOfTheLimitWhereverTheyLie() throws Exception {
        try (Store store = open()) {
            long limit = nowNanos() - 30 * DAY;
            for (boolean flushed : new boolean[] {false, true}) {
                writeAt(store, "m", flushed ? "a" : "b", limit - 1, limit, limit + 1, nowNanos());
                if (flushed) {
                    store.flush();
                }
            }
            limit(store, Duration.ofDays(30));
            assertThat(times(store, "m"))
                    .containsExactly(limit, limit, limit + 1, limit + 1, nowNanos(), nowNanos());
            pass(Duration.ofNanos(1));
            assertThat(times(store, "m")).hasSize(4).doesNotContain(limit);
            pass(Duration.ofDays(31));
            assertThat(times(store, "m")).isEmpty();
            // the other way round: nothing has gone yet, so all is there again
            assertThat(store.setRetention(DATABASE, Optional.empty(), Retention.FOREVER)).isTrue();
            assertThat(rowCount(store)).isEqualTo(8);
        }
    }

    @Test
    void measurementsMayHaveALimitOfTheirOwn() throws Exception {
        try (Store store = open()) {
            for (String measurement : List.of("m", "n", "o")) {
                writeAt(store, measurement, "a", nowNanos(), nowNanos() - 10 * DAY);
            }
            limit(store, Duration.ofDays(1));
            assertThat(store.setRetention(DATABASE, Optional.of("n"), Retention.FOREVER)).isTrue();
            assertThat(store.setRetention(DATABASE, Optional.of("o"), new Retention(20 * DAY)))
                    .isTrue();
            assertThat(times(store, "m")).hasSize(1);
            assertThat(times(store, "n")).hasSize(2);
            assertThat(times(store, "o")).hasSize(2);
            assertThat(store.setRetention(DATABASE, Optional.of("o"), Retention.INHERITED))
                    .isTrue();
            assertThat(times(store, "o")).hasSize(1);
            assertThat(store.setRetention(DATABASE, Optional.of("p"), Retention.FOREVER)).isFalse();
            assertThat(store.setRetention("none", Optional.empty(), Retention.FOREVER)).isFalse();
        }
        // by the log, and by the store file
        for (int start = 0; start < 2; start++) {
            try (Store store = open()) {
                assertThat(times(store, "m")).hasSize(1);
                assertThat(times(store, "n")).hasSize(2);
                assertThat(store.catalog().measurement(DATABASE, "m").orElseThrow().retention())
                        .isEqualTo(new Retention(DAY));
                store.dropDatabase(DATABASE);
                store.createDatabase(DATABASE);
                writeAt(store, "m", "a", nowNanos(), nowNanos() - 10 * DAY);
                assertThat(times(store, "m")).as("what comes anew has no limit").hasSize(2);
                limit(store, Duration.ofDays(1));
                writeAt(store, "n", "a", nowNanos(), nowNanos() - 10 * DAY);
                store.setRetention(DATABASE, Optional.of("n"), Retention.FOREVER);
                store.flush();
            }
        }
    }

    @Test
    void wholePartsGoAndTheirFilesWithThem() throws Exception {
        try (Store store = open()) {
            for (double daysBack : new double[] {9.5, 8.5, 0.5}) {
                write(store, "a", daysBack);
                store.flush();
            }
            assertThat(filesOfParts()).isEqualTo(3);
            limit(store, Duration.ofDays(9));
            store.expire();
            assertThat(rowsOnDisk(store)).isEqualTo(2);
            assertThat(filesOfParts()).isEqualTo(2);
            assertThat(store.partStatistics().expiredRowCount()).isEqualTo(1);
            pass(Duration.ofHours(20));
            store.expire();
            assertThat(rowsOnDisk(store)).isEqualTo(1);
            assertThat(rowCount(store)).isEqualTo(1);
        }
        try (Store store = open()) {
            assertThat(rowsOnDisk(store)).isEqualTo(1);
        }
    }

    /// Nobody can read it, and nobody needs to: the manifest says when its rows are.
    @Test
    void aPartThatCannotBeOpenedGoesWhenItHasExpired() throws Exception {
        try (Store store = open()) {
            for (double daysBack : new double[] {9.5, 8.5, 0.5}) {
                write(store, "a", daysBack);
                store.flush();
            }
        }
        try (Stream<Path> files = Files.walk(directory.resolve("shard-0"))) {
            Path oldest = // by the date in its path
                    files.filter(file -> file.toString().endsWith(".parquet"))
                            .sorted()
                            .findFirst()
                            .orElseThrow();
            Files.write(oldest, new byte[] {1, 2, 3});
        }
        try (Store store = open()) {
            store.expire();
            assertThat(store.damages()).as("not expired").hasSize(1);
            limit(store, Duration.ofDays(9));
            store.expire();
            assertThat(store.damages()).isEmpty();
            assertThat(filesOfParts()).isEqualTo(2);
            assertThat(store.partStatistics().expiredRowCount()).isEqualTo(1);
        }
        try (Store store = open()) {
            assertThat(store.damages()).isEmpty();
            assertThat(rowsOnDisk(store)).isEqualTo(2);
        }
    }

    /// A quiet fleet's parts span many days: their old half goes when they are merged, or when it
    /// is half of them.
    @Test
    void partsOfManyDaysLoseTheirOldHalf() throws Exception {
        try (Store store = open()) {
            write(store, "a", 29, 28, 27, 26, 25, 24, 23, 22, 21, 20);
            store.flush();
            pass(Duration.ofHours(3));
            store.expire();
            store.compact();
            assertThat(store.shards().getFirst().parts()).hasSizeLessThan(5);
            limit(store, Duration.ofDays(24));
            store.expire();
            store.compact();
            assertThat(rowsOnDisk(store)).isLessThan(10).isGreaterThanOrEqualTo(rowCount(store));
            assertThat(rowCount(store)).isEqualTo(4);
            pass(Duration.ofHours(23));
            store.expire();
            pass(Duration.ofHours(23));
            store.expire();
            store.compact();
            assertThat(rowCount(store)).isEqualTo(2);
            assertThat(rowsOnDisk(store)).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void aClockThatJumpsDeletesNothingBeforeItIsConfirmed() throws Exception {
        try (Store store = open()) {
            write(store, "a", 3, 2, 1, 0);
            store.flush();
            limit(store, Duration.ofDays(30));
            store.expire();
            Instant right = now;
            now = Instant.parse("2036-11-27T00:00:00Z");
            store.expire();
            assertThat(rowCount(store)).as("not seen").isZero();
            assertThat(rowsOnDisk(store)).as("but there").isEqualTo(4);
            pass(Duration.ofMinutes(59));
            store.expire();
            assertThat(rowsOnDisk(store)).isEqualTo(4);
            // it jumps on: from here on it must go on for an hour
            now = now.plus(Duration.ofDays(400));
            store.expire();
            pass(Duration.ofMinutes(59));
            store.expire();
            assertThat(rowsOnDisk(store)).isEqualTo(4);
            // somebody mends it
            now = right.plus(passed);
            store.expire();
            assertThat(rowCount(store)).isEqualTo(4);
            // and it jumps again, and stays there
            now = Instant.parse("2036-11-27T00:00:00Z");
            store.expire();
            pass(Duration.ofMinutes(61));
            store.expire();
            assertThat(rowsOnDisk(store)).isZero();
        }
    }

    @Test
    void aStartWithAWrongClockDeletesNothingForAnHour() throws Exception {
        try (Store store = open()) {
            write(store, "a", 3, 0);
            store.flush();
            limit(store, Duration.ofDays(30));
            store.expire();
        }
        now = Instant.parse("2036-11-27T00:00:00Z");
        for (int start = 0; start < 3; start++) {
            try (Store store = open()) {
                store.expire();
                pass(Duration.ofMinutes(50));
                store.expire();
                store.compact();
                assertThat(rowsOnDisk(store)).as("start " + start).isEqualTo(2);
            }
        }
        Files.delete(directory.resolve("clock"));
        try (Store store = open()) {
            store.expire();
            assertThat(rowsOnDisk(store)).isEqualTo(2);
            pass(Duration.ofMinutes(61));
            store.expire();
            assertThat(rowsOnDisk(store)).isZero();
        }
    }

    /// A machine that was off for less than a day goes on at once; a clock that goes back takes
    /// nothing.
    @Test
    void smallJumpsAreBelieved() throws Exception {
        try (Store store = open()) {
            for (double daysBack : new double[] {29.5, 29, 0}) {
                write(store, "a", daysBack);
                store.flush();
            }
            limit(store, Duration.ofDays(30));
            store.expire();
        }
        now = now.plus(Duration.ofHours(18));
        try (Store store = open()) {
            store.expire();
            assertThat(rowsOnDisk(store)).isEqualTo(2);
            now = now.minus(Duration.ofDays(3000));
            pass(Duration.ofHours(5));
            store.expire();
            pass(Duration.ofHours(5));
            store.expire();
            assertThat(rowsOnDisk(store)).isEqualTo(2);
            assertThat(rowCount(store)).isEqualTo(2);
        }
    }

    @Test
    void lengthsReadAsTheyAreWritten() {
        assertThat(new Retention(30 * DAY).text()).isEqualTo("30d");
        assertThat(new Retention(DAY + 5_400_000_000_000L).text()).isEqualTo("1d1h30m");
        assertThat(new Retention(1).text()).isEqualTo("1ns");
        assertThat(Retention.FOREVER.text()).isEqualTo("none");
        assertThat(Retention.INHERITED.text()).isEqualTo("none");
        assertThat(new Retention(Long.MAX_VALUE - 1).oldest(Long.MIN_VALUE))
                .isEqualTo(Long.MIN_VALUE);
        assertThat(new Retention(10).oldest(7)).isEqualTo(-3);
        assertThat(Retention.FOREVER.oldest(7)).isEqualTo(Long.MIN_VALUE);
    }
}
