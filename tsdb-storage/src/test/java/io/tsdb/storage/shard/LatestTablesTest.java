package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.scan.LatestRows;
import io.tsdb.storage.scan.MeasurementScan;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What tables of newest rows do where memory is short; what is in them `StoreModelTest` compares.
@Timeout(120)
class LatestTablesTest {
    /// Of which the tables have an eighth.
    private static final int CACHE_BYTES = 1 << 20;

    private static final int TABLES_BYTES = CACHE_BYTES / 8;

    @TempDir Path directory;

    private Store open() throws Exception {
        return Store.open(
                new StoreConfig(
                        directory,
                        1,
                        1 << 20,
                        CACHE_BYTES,
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(20),
                        0,
                        LocalLog.factory(LogConfig.defaults(), System::nanoTime),
                        PartConfig.defaults()),
                new LocalFileStore(),
                System::nanoTime,
                InstantSource.system());
    }

    @Test
    void sayThatTheyDoNotKnowWhereTheRowsHaveNoRoom() throws Exception {
        try (Store store = open()) {
            numbers(store, "large", TABLES_BYTES / 20); // a row takes 28 bytes
            assertThat(newest(store, "large")).isEmpty();
            assertThat(store.shards().getFirst().latestBytes()).isZero();
        }
    }

    @Test
    void sayThatTheyDoNotKnowWhereTheStringsHaveNoRoom() throws Exception {
        try (Store store = open()) {
            texts(store, "texts", 100, TABLES_BYTES / 100);
            assertThat(newest(store, "texts")).isEmpty();
            assertThat(store.shards().getFirst().latestBytes()).isZero();
        }
    }

    @Test
    void makeRoomForTheOneThatIsAskedFor() throws Exception {
        int series = TABLES_BYTES / 40; // one has room, two have not
        try (Store store = open()) {
            numbers(store, "a", series);
            numbers(store, "b", series);
            for (int round = 0; round < 3; round++) {
                assertThat(newest(store, "a")).contains(series);
                assertThat(newest(store, "b")).contains(series);
                assertThat(store.shards().getFirst().latestBytes())
                        .isBetween(1L, (long) TABLES_BYTES);
            }
        }
    }

    /// How many series have a newest row; empty where the table does not know.
    private static Optional<Integer> newest(Store store, String measurement) {
        try (MeasurementScan scan =
                store.shards().getFirst().open("db", measurement).orElseThrow()) {
            return scan.latest(scan.series().ids(), TimeRange.ALL, List.of("v"))
                    .map(LatestTablesTest::count);
        }
    }

    private static int count(LatestRows found) {
        try (found) {
            int rows = 0;
            for (int more = found.next(); more > 0; more = found.next()) {
                rows += more;
            }
            return rows;
        }
    }

    private static void numbers(Store store, String measurement, int series) throws Exception {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows(measurement);
        for (int i = 0; i < series; i++) {
            rows.column("v", FieldType.INT64).put(add(rows, measurement, i), i);
        }
        StoreWrites.write(store, batch);
        store.flush();
    }

    private static void texts(Store store, String measurement, int series, int length)
            throws Exception {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows(measurement);
        for (int i = 0; i < series; i++) {
            byte[] text = (i + "x".repeat(length)).getBytes(StandardCharsets.UTF_8);
            rows.column("v", FieldType.STRING)
                    .putString(add(rows, measurement, i), text, 0, text.length);
        }
        StoreWrites.write(store, batch);
        store.flush();
    }

    private static int add(MeasurementRows rows, String measurement, int host) {
        SeriesKey key = SeriesKey.of(measurement, Map.of("host", "h" + host));
        return rows.addRow(rows.addNewSeries(key), 1_700_000_000_000_000_000L);
    }
}
