package io.tsdb.ingest.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.ingest.batch.PointSink.WriteResult;
import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.schema.BatchNumbers;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// What every [PointSink] keeps towards those that fill batches for it.
@Timeout(60)
public abstract class AbstractPointSinkTest {
    private static final String DATABASE = "db";

    private PointSink sink;

    /// A fresh one, which creates a database with its first write.
    protected abstract PointSink open() throws Exception;

    protected abstract void close(PointSink sink) throws Exception;

    @BeforeEach
    void openSink() throws Exception {
        sink = open();
    }

    @AfterEach
    void closeSink() throws Exception {
        close(sink);
    }

    private static SeriesKey key(int number) {
        return SeriesKey.of("m", Map.of("host", "h" + number));
    }

    private int find(SeriesKey key) {
        DatabaseSchema database = sink.database(DATABASE);
        MeasurementSchema schema = database == null ? null : database.measurement("m");
        if (schema == null) {
            return PointSink.UNKNOWN_SERIES;
        }
        byte[] bytes = new byte[key.bytes().length + 9];
        System.arraycopy(key.bytes(), 0, bytes, 4, key.bytes().length);
        return sink.findSeries(
                sink.shardOf(key.slot()),
                schema.id(),
                bytes,
                4,
                4 + key.bytes().length,
                key.hash());
    }

    /// A row of each series, which are named by their ids where they are known.
    private RequestPoints points(FieldType type, long time, int... series) {
        assertThat(sink.openDatabase(DATABASE)).isTrue();
        DatabaseSchema schema = sink.database(DATABASE);
        @Nullable PointBatch[] batches = new PointBatch[sink.shardCount()];
        var references = new HashMap<SeriesKey, Integer>();
        for (int number : series) {
            SeriesKey key = key(number);
            int shard = sink.shardOf(key.slot());
            PointBatch batch = batches[shard];
            if (batch == null) {
                batch = new PointBatch(DATABASE);
                batches[shard] = batch;
            }
            MeasurementRows rows = batch.rows("m");
            int found = find(key);
            int reference =
                    found >= 0 ? found : references.computeIfAbsent(key, rows::addNewSeries);
            int row = rows.addRow(reference, time);
            FieldColumn column = rows.column("v", type);
            if (type == FieldType.FLOAT64) {
                column.putDouble(
                        row, Double.doubleToRawLongBits(1.5), FieldColumn.DECIMALS_UNKNOWN);
            } else {
                column.put(row, 7);
            }
        }
        List<PointBatch> full = Arrays.stream(batches).filter(Objects::nonNull).toList();
        Definitions needed =
                BatchNumbers.needed(full, schema == null ? Definitions.BY_NAME : schema.number());
        return new RequestPoints(DATABASE, schema, batches, needed);
    }

    private WriteResult write(RequestPoints points) {
        var done = new CompletableFuture<WriteResult>();
        sink.write(points, done::complete);
        return done.join();
    }

    @Test
    void givesEverySlotToOneOfItsShards() {
        assertThat(sink.shardCount()).isPositive();
        for (int slot = 0; slot < 1024; slot++) {
            assertThat(sink.shardOf(slot)).isBetween(0, sink.shardCount() - 1);
            assertThat(sink.shardOf(slot)).isEqualTo(sink.shardOf(slot));
        }
    }

    @Test
    void knowsNothingBeforeTheFirstWrite() {
        assertThat(sink.database("nobody's")).isNull();
        assertThat(sink.openDatabase(DATABASE)).isTrue();
        assertThat(find(key(1))).isEqualTo(PointSink.UNKNOWN_SERIES);
        for (int shard = 0; shard < sink.shardCount(); shard++) {
            assertThat(sink.forgottenSeries(shard)).isZero();
        }
    }

    @Test
    void aWriteDefinesWhatItNeeds() {
        assertThat(write(points(FieldType.INT64, 1, 1, 2, 3)))
                .isInstanceOf(WriteResult.Acknowledged.class);
        DatabaseSchema database = Objects.requireNonNull(sink.database(DATABASE));
        assertThat(database.number()).isPositive();
        MeasurementSchema schema = Objects.requireNonNull(database.measurement("m"));
        assertThat(schema.field("v").orElseThrow().type()).isEqualTo(FieldType.INT64);
    }

    /// In its shard, and by no other id later.
    @Test
    void knowsTheSeriesOfWhatIsAcknowledged() {
        int[] all = new int[200];
        Arrays.setAll(all, i -> i);
        write(points(FieldType.INT64, 1, all));
        var byShard = new HashMap<Integer, List<Integer>>();
        for (int number : all) {
            int id = find(key(number));
            assertThat(id).isNotNegative();
            byShard.computeIfAbsent(sink.shardOf(key(number).slot()), _ -> new ArrayList<>())
                    .add(id);
        }
        byShard.values().forEach(ids -> assertThat(ids).doesNotHaveDuplicates());
        int[] before = Arrays.stream(all).map(number -> find(key(number))).toArray();
        assertThat(write(points(FieldType.INT64, 2, all)))
                .isInstanceOf(WriteResult.Acknowledged.class);
        assertThat(Arrays.stream(all).map(number -> find(key(number))).toArray()).isEqualTo(before);
        assertThat(find(key(1_000))).isEqualTo(PointSink.UNKNOWN_SERIES);
    }

    /// With names of what is wrong, and without a trace.
    @Test
    void takesNothingThatOthersDefinedOtherwise() {
        RequestPoints late = points(FieldType.FLOAT64, 1, 5);
        write(points(FieldType.INT64, 1, 1));
        WriteResult result = write(late);
        assertThat(result).isInstanceOf(WriteResult.Conflicting.class);
        var conflicts = ((WriteResult.Conflicting) result).conflicts();
        assertThat(conflicts).hasSize(1);
        assertThat(conflicts.getFirst().measurement()).isEqualTo("m");
        assertThat(conflicts.getFirst().toString()).contains("v");
        DatabaseSchema database = Objects.requireNonNull(sink.database(DATABASE));
        MeasurementSchema schema = Objects.requireNonNull(database.measurement("m"));
        assertThat(schema.field("v").orElseThrow().type()).isEqualTo(FieldType.INT64);
        assertThat(find(key(5))).isEqualTo(PointSink.UNKNOWN_SERIES);
    }

    /// A request whose lines were all refused.
    @Test
    void acknowledgesNothing() {
        var nothing = new RequestPoints(DATABASE, null, new PointBatch[sink.shardCount()], null);
        assertThat(write(nothing)).isInstanceOf(WriteResult.Acknowledged.class);
    }

    @Test
    void givesRoomBackAsOftenAsItIsTaken() {
        for (int round = 0; round < 100; round++) {
            assertThat(sink.reserveSeries(0, 0, 50)).isNull();
            assertThat(sink.reserveSeries(0, 1, 60)).isNull();
            sink.releaseSeries(0, 0, 1, 50);
            sink.releaseSeries(0, 1, 1, 60);
        }
    }

    /// From several connections, each of which answers its client when it is told to.
    @Test
    void answersEveryWriteOnce() throws Exception {
        write(points(FieldType.INT64, 0, 0));
        var prepared = new ArrayList<RequestPoints>();
        for (int i = 1; i <= 100; i++) {
            prepared.add(points(FieldType.INT64, i, i, 0));
        }
        var answers = new ArrayList<AtomicInteger>();
        var done = new ArrayList<CompletableFuture<WriteResult>>();
        try (ExecutorService connections = Executors.newFixedThreadPool(4)) {
            for (RequestPoints points : prepared) {
                var count = new AtomicInteger();
                var result = new CompletableFuture<WriteResult>();
                answers.add(count);
                done.add(result);
                connections.execute(
                        () ->
                                sink.write(
                                        points,
                                        taken -> {
                                            count.incrementAndGet();
                                            result.complete(taken);
                                        }));
            }
        }
        for (CompletableFuture<WriteResult> result : done) {
            assertThat(result.join()).isInstanceOf(WriteResult.Acknowledged.class);
        }
        assertThat(answers).allSatisfy(count -> assertThat(count.get()).isOne());
        for (int i = 0; i <= 100; i++) {
            assertThat(find(key(i))).as("series %d", i).isNotNegative();
        }
    }
}
