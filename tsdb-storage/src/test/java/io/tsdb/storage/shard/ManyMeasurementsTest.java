package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.scan.MeasurementScan;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;

/// Thousands of measurements of a few rows each: one flush makes a part of each.
///
/// More, with the time that the flush took: `-Dtsdb.measurements=11000`.
class ManyMeasurementsTest {
    private static final int COUNT = Integer.getInteger("tsdb.measurements", 600);
    private static final int ROWS = 3;

    @TempDir Path directory;

    @Test
    @Timeout(600)
    void areFlushedTogetherAndReadBack() throws Exception {
        try (Store store = StoreWrites.open(directory)) {
            for (int from = 0; from < COUNT; from += 500) {
                StoreWrites.write(store, batch(from, Math.min(COUNT, from + 500)));
            }
            long start = System.nanoTime();
            store.flush();
            System.out.printf(
                    "ManyMeasurementsTest: flush of %d measurements took %.2f s%n",
                    COUNT, (System.nanoTime() - start) / 1e9);
            assertThat(store.shards().getFirst().parts()).hasSize(COUNT);
            check(store);
        }
        try (Store store = StoreWrites.open(directory)) {
            check(store);
        }
    }

    private static PointBatch batch(int from, int to) {
        var batch = new PointBatch("db");
        for (int n = from; n < to; n++) {
            MeasurementRows rows = batch.rows("m" + n);
            int series = rows.addNewSeries(SeriesKey.of("m" + n, Map.of("host", "a")));
            for (int row = 0; row < ROWS; row++) {
                int at = rows.addRow(series, 1_700_000_000_000_000_000L + row);
                rows.column("v", FieldType.INT64).put(at, n + row);
            }
        }
        return batch;
    }

    private static void check(Store store) {
        for (int n = 0; n < COUNT; n += 37) {
            try (MeasurementScan scan =
                    store.shards().getFirst().open("db", "m" + n).orElseThrow()) {
                assertThat(ScanRows.values(scan, "v")).containsExactly((long) n, n + 1L, n + 2L);
            }
        }
    }
}
