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
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanRequest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Scans see each batch whole or not at all, though they catch series some at a time while batches
/// go on.
class ScanSnapshotTest {
    /// More than a scan catches under one lock.
    private static final int SERIES = 5_000;

    private static final int ROUNDS = 60;

    @TempDir Path directory;

    private static PointBatch round(Store store, int round) {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows("m");
        for (int i = 0; i < SERIES; i++) {
            SeriesKey key = SeriesKey.of("m", Map.of("host", "h" + i));
            int reference = StoreWrites.find(store, 0, "db", key);
            int row = rows.addRow(reference >= 0 ? reference : rows.addNewSeries(key), round + 1L);
            rows.column("v", FieldType.INT64).put(row, round);
        }
        return batch;
    }

    @Test
    @Timeout(120)
    void seesEveryBatchWholeOrNotAtAll() throws Exception {
        LogConfig log = LogConfig.defaults().withSegmentBytes(8 << 20);
        try (Store store =
                Store.open(
                        StoreWrites.config(directory, 1, log),
                        new LocalFileStore(),
                        System::nanoTime,
                        InstantSource.system())) {
            StoreWrites.write(store, round(store, 0));
            var done = new AtomicBoolean();
            var scanners = new ArrayList<CompletableFuture<Integer>>();
            for (int n = 0; n < 3; n++) {
                scanners.add(
                        CompletableFuture.supplyAsync(
                                () -> scanUntil(store, done), work -> new Thread(work).start()));
            }
            for (int round = 1; round < ROUNDS; round++) {
                StoreWrites.write(store, round(store, round));
                if (round % 20 == 0) {
                    store.flush();
                }
            }
            done.set(true);
            for (CompletableFuture<Integer> scanner : scanners) {
                assertThat(scanner.get(30, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(rowsBySeries(store)).containsOnly(ROUNDS);
        }
    }

    private static int scanUntil(Store store, AtomicBoolean done) {
        int scans = 0;
        while (!done.get()) {
            int[] rows = rowsBySeries(store);
            assertThat(rows).hasSize(SERIES).containsOnly(rows[0]);
            scans++;
        }
        return scans;
    }

    private static int[] rowsBySeries(Store store) {
        int[] rows = new int[SERIES];
        try (MeasurementScan scan = store.shards().getFirst().open("db", "m").orElseThrow()) {
            var request = new ScanRequest(scan.series().ids(), TimeRange.ALL, List.of("v"), false);
            try (BlockCursor cursor = scan.blocks(request)) {
                while (cursor.nextBlock()) {
                    rows[cursor.series()] += cursor.rowCount();
                }
            }
        }
        return rows;
    }
}
