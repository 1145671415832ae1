package io.tsdb.cluster.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.memory.TestPoint;
import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.schema.BatchNumbers;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.DefineOutcome;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.shard.Store;
import io.tsdb.storage.shard.WriteListener;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/// Puts points of tests into a store.
public final class StorePoints {
    private StorePoints() {}

    /// Writes the points as one batch a shard; they are applied when this returns.
    public static void write(Store store, String database, List<TestPoint> points) {
        PointBatch[] batches = new PointBatch[store.shards().size()];
        Map<SeriesKey, Integer> fresh = new HashMap<>();
        for (TestPoint point : points) {
            SeriesKey key = SeriesKey.of(point.measurement(), point.tags());
            int shard = store.shardOf(key.slot());
            if (batches[shard] == null) {
                batches[shard] = new PointBatch(database);
            }
            MeasurementRows rows = batches[shard].rows(point.measurement());
            byte[] bytes = key.bytes();
            MeasurementSchema schema =
                    store.catalog().measurement(database, point.measurement()).orElse(null);
            int id =
                    schema == null
                            ? -1
                            : store.shards()
                                    .get(shard)
                                    .findSeries(schema.id(), bytes, 0, bytes.length, key.hash());
            int ref = id >= 0 ? id : fresh.computeIfAbsent(key, rows::addNewSeries);
            int row = rows.addRow(ref, point.time());
            point.fields().forEach((name, value) -> put(rows, row, name, value));
        }
        number(store, Stream.of(batches).filter(Objects::nonNull).toList());
        for (int shard = 0; shard < batches.length; shard++) {
            if (batches[shard] != null) {
                var done = new CompletableFuture<Void>();
                assertThat(store.shards().get(shard).write(batches[shard], listener(done)))
                        .isTrue();
                done.join();
            }
        }
    }

    private static void number(Store store, List<PointBatch> batches) {
        DefineOutcome outcome =
                store.define(BatchNumbers.needed(batches, Definitions.BY_NAME)).join();
        DatabaseSchema schema = ((DefineOutcome.Defined) outcome).database();
        for (PointBatch batch : batches) {
            assertThat(BatchNumbers.put(batch, schema, store.catalog().appliedIndex())).isTrue();
        }
    }

    private static void put(MeasurementRows rows, int row, String name, Object value) {
        switch (value) {
            case Long number -> rows.column(name, FieldType.INT64).put(row, number);
            case BigInteger number ->
                    rows.column(name, FieldType.UINT64).put(row, Uint64.of(number).orElseThrow());
            case Double number ->
                    rows.column(name, FieldType.FLOAT64)
                            .putDouble(
                                    row,
                                    Double.doubleToRawLongBits(number),
                                    FieldColumn.DECIMALS_UNKNOWN);
            case Boolean flag -> rows.column(name, FieldType.BOOL).put(row, flag ? 1 : 0);
            default -> {
                byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
                rows.column(name, FieldType.STRING).putString(row, text, 0, text.length);
            }
        }
    }

    private static WriteListener listener(CompletableFuture<Void> done) {
        return new WriteListener() {
            @Override
            public void applied() {
                done.complete(null);
            }

            @Override
            public void failed(String reason) {
                done.completeExceptionally(new IllegalStateException(reason));
            }
        };
    }
}
