package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.Part;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Which days an export works on: each four are a pass over the parts.
class ParquetExportTest {
    private static final long DAY = 86_400_000_000_000L;

    @TempDir Path temporary;

    private static void write(Store store, long... times) throws Exception {
        var batch = new PointBatch("db");
        var rows = batch.rows("m");
        SeriesKey key = SeriesKey.of("m", Map.of("host", "a"));
        int series = StoreWrites.reference(store, 0, "db", key, rows);
        for (long time : times) {
            int at = rows.addRow(series, time);
            rows.column("v", FieldType.INT64).put(at, 1);
        }
        StoreWrites.number(store, batch);
        var done = new CompletableFuture<Void>();
        store.shards().getFirst().write(batch, StoreWrites.listener(done));
        done.get(30, TimeUnit.SECONDS);
    }

    private static TreeSet<Long> days(Store store, TimeRange range) {
        var database = Objects.requireNonNull(store.catalog().database("db"));
        var measurement = Objects.requireNonNull(database.measurement("m"));
        PartSet.Acquired acquired =
                store.shards().getFirst().partSet().acquire(measurement.id(), range);
        try {
            return ParquetExport.days(acquired.parts(), range);
        } finally {
            acquired.parts().forEach(Part::release);
        }
    }

    @Test
    void areThoseThatHaveRows() throws Exception {
        StoreConfig config = StoreWrites.config(temporary.resolve("data"), 1, LogConfig.defaults());
        try (Store store =
                Store.open(
                        config, new LocalFileStore(), System::nanoTime, InstantSource.system())) {
            write(store, -90_000 * DAY, 20_000 * DAY + 5, 20_001 * DAY, 100_000 * DAY);
            store.flush();
            assertThat(days(store, TimeRange.ALL))
                    .containsExactlyElementsOf(List.of(-90_000L, 20_000L, 20_001L, 100_000L));
            assertThat(days(store, new TimeRange(20_000 * DAY, 20_001 * DAY)))
                    .containsExactly(20_000L);
        }
    }
}
