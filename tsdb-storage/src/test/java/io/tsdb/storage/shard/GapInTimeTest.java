package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.scan.MeasurementScan;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.LongStream;

/// Devices that deliver what they measured long ago and what they measure now: blocks have rows at
/// both ends of a gap, and days in between have none.
class GapInTimeTest {
    private static final int SERIES = 60;
    private static final int ROWS = 800;
    private static final long LONG_AGO = nanos("2026-01-01T23:00:00Z");
    private static final long NOW = nanos("2026-11-27T12:00:00Z");

    @TempDir Path directory;

    private static long nanos(String text) {
        return Duration.between(Instant.EPOCH, Instant.parse(text)).toNanos();
    }

    @Test
    void isFlushedWithoutPartsForIt() throws Exception {
        try (Store store = StoreWrites.open(directory)) {
            StoreWrites.write(store, batch());
            store.flush();
            Shard shard = store.shards().getFirst();
            assertThat(shard.headPointCount()).isZero();
            assertThat(shard.parts()).isNotEmpty();
            assertThat(shard.parts()).allSatisfy(part -> assertThat(part.rowCount()).isPositive());
            assertThat(shard.parts().stream().mapToLong(part -> part.rowCount()).sum())
                    .isEqualTo((long) SERIES * ROWS);
        }
        try (Store store = StoreWrites.open(directory)) {
            try (MeasurementScan scan = store.shards().getFirst().open("db", "m").orElseThrow()) {
                assertThat(ScanRows.values(scan, "v"))
                        .containsExactlyInAnyOrderElementsOf(
                                LongStream.range(0, (long) SERIES * ROWS).boxed().toList());
            }
        }
    }

    private static PointBatch batch() {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows("m");
        for (int n = 0; n < SERIES; n++) {
            int series = rows.addNewSeries(SeriesKey.of("m", Map.of("host", "h" + n)));
            for (int row = 0; row < ROWS; row++) {
                long base = row < ROWS / 2 ? LONG_AGO : NOW;
                int at = rows.addRow(series, base + row * 1_000_000_000L);
                rows.column("v", FieldType.INT64).put(at, (long) n * ROWS + row);
            }
        }
        return batch;
    }
}
