package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.SeriesIndex;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Series that have no row left are forgotten, in whatever order writes, flushes, restarts and
/// readers come.
@Timeout(120)
class ForgettingTest {
    private static final CompactionConfig EAGER =
            new CompactionConfig(2, Duration.ofHours(1), 1 << 20, 1 << 20, 1);

    private static final int WRITERS = 2;
    private static final int BATCH_ROWS = 20;
    private static final int GROUPS = 5;

    @TempDir Path temporary;

    private volatile Instant now = Instant.parse("2023-11-15T00:00:00Z");
    private long next = 1;

    private Store open() throws IOException {
        return Store.open(
                StoreWrites.config(temporary.resolve("data"), 1, LogConfig.defaults(), EAGER),
                new LocalFileStore(),
                () -> System.nanoTime() + TimeUnit.SECONDS.toNanos(now.getEpochSecond()),
                () -> now);
    }

    private static SeriesKey key(String host) {
        return SeriesKey.of("m", Map.of("host", host));
    }

    private PointBatch batch(Store store, String... hosts) {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows("m");
        for (String host : hosts) {
            int series = StoreWrites.reference(store, 0, "db", key(host), rows);
            int row = rows.addRow(series, next);
            rows.column("v", FieldType.INT64).put(row, next++);
        }
        return batch;
    }

    private void write(Store store, String... hosts) throws Exception {
        StoreWrites.write(store, batch(store, hosts));
    }

    private static int id(Store store, String host) {
        return StoreWrites.find(store, 0, "db", key(host));
    }

    private static MeasurementScan scan(Store store) {
        return store.shards().getFirst().open("db", "m").orElseThrow();
    }

    private static List<String> hosts(SeriesIndex series) {
        return Arrays.stream(series.ids().toArray())
                .mapToObj(id -> series.key(id).tags().getLast())
                .toList();
    }

    private static List<String> hosts(Store store) {
        try (MeasurementScan scan = scan(store)) {
            return hosts(scan.series());
        }
    }

    private static void delete(Store store, String... hosts) throws IOException {
        try (Deletion deletion = store.shards().getFirst().beginDelete();
                MeasurementScan scan = deletion.open("db", "m").orElseThrow()) {
            int[] ids = Arrays.stream(hosts).mapToInt(host -> id(store, host)).toArray();
            deletion.delete(
                    scan.schema().id(),
                    new DeletedRows.OfSeries(RoaringBitmap.bitmapOf(ids), TimeRange.ALL));
        }
    }

    /// Deletes, and has the rows purged.
    private void purge(Store store, String... hosts) throws IOException {
        Shard shard = store.shards().getFirst();
        int forgotten = shard.forgottenSeriesCount();
        delete(store, hosts);
        now = now.plus(Duration.ofDays(10));
        forgetUntil(store, forgotten + hosts.length);
    }

    /// With the days that pass, a flush comes in between: then it is tried again, as a store does
    /// each minute. Ends with the test's time limit when it is in vain.
    private static void forgetUntil(Store store, int count) {
        while (store.shards().getFirst().forgottenSeriesCount() < count) {
            store.compact();
            store.forgetEmptySeries();
        }
    }

    private static List<Long> values(Store store) {
        try (MeasurementScan scan = scan(store)) {
            return ScanRows.values(scan, "v").stream().sorted().toList();
        }
    }

    @Test
    void forgetsWhatADeleteLeftWithoutRows() throws Exception {
        try (Store store = open()) {
            write(store, "a", "b", "c");
            delete(store, "b");
            store.forgetEmptySeries();
            assertThat(id(store, "b")).as("its rows are still in a part").isEqualTo(1);
            purge(store, "b");
            assertThat(id(store, "b")).isEqualTo(-1);
            assertThat(hosts(store)).containsExactly("a", "c");
            Shard shard = store.shards().getFirst();
            assertThat(shard.seriesCount(StoreWrites.number(store, "db"))).isEqualTo(2);
            assertThat(shard.forgottenSeriesCount()).isEqualTo(1);
            write(store, "b", "a");
            assertThat(id(store, "b")).as("anew").isEqualTo(3);
            assertThat(id(store, "a")).isZero();
            assertThat(hosts(store)).containsExactly("a", "c", "b");
            assertThat(values(store)).containsExactly(1L, 3L, 4L, 5L);
        }
    }

    @Test
    void aStartComesToTheSameSeries() throws Exception {
        for (int round = 0; round < 4; round++) {
            try (Store store = open()) {
                write(store, "a" + round, "b", "c");
                purge(store, "a" + round, "b");
                write(store, "b", "d" + round);
            }
            var before = new TreeMap<String, Integer>();
            try (Store store = open()) {
                hosts(store).forEach(host -> before.put(host, id(store, host)));
                store.flush();
            }
            try (Store store = open()) {
                var after = new TreeMap<String, Integer>();
                hosts(store).forEach(host -> after.put(host, id(store, host)));
                assertThat(after).isEqualTo(before).containsKeys("b", "c", "d" + round);
                assertThat(before).doesNotContainKey("a" + round);
            }
        }
    }

    /// Whoever looked the series up before it went writes to it all the same.
    @Test
    void takesABatchThatWasOnItsWay() throws Exception {
        try (Store store = open()) {
            write(store, "a", "b");
            PointBatch late = batch(store, "b", "a", "b");
            assertThat(late.rows("m").series()[0]).isEqualTo(1);
            purge(store, "b");
            StoreWrites.write(store, late);
            assertThat(id(store, "b")).isEqualTo(2);
            assertThat(values(store)).containsExactly(1L, 3L, 4L, 5L);
        }
        try (Store store = open()) {
            assertThat(hosts(store)).containsExactly("a", "b");
            assertThat(values(store)).containsExactly(1L, 3L, 4L, 5L);
        }
    }

    @Test
    void aReaderKeepsTheSeriesThatItBeganWith() throws Exception {
        try (Store store = open()) {
            write(store, "a", "b", "c");
            try (MeasurementScan before = scan(store)) {
                assertThat(before.series().tagKeys()).containsExactly("host");
                purge(store, "a");
                write(store, "d");
                SeriesIndex series = before.series();
                assertThat(hosts(series)).containsExactly("a", "b", "c");
                var host = series.tag("host").orElseThrow();
                for (int id = 0; id < 3; id++) {
                    assertThat(host.value(host.valueIdOf(id)))
                            .isEqualTo(series.key(id).tags().getLast());
                    assertThat(host.postings(host.valueIdOf(id)).toArray()).containsExactly(id);
                }
                try (MeasurementScan after = scan(store)) {
                    var values = after.series().tag("host").orElseThrow();
                    assertThat(hosts(after.series())).containsExactly("b", "c", "d");
                    assertThat(values.valueCount()).isEqualTo(3);
                    assertThat(values.idOf("a")).isEqualTo(-1);
                    assertThat(values.value(values.valueIdOf(2))).isEqualTo("c");
                }
            }
        }
    }

    /// Writers whose series rest for a while and come back by ids that were found once; one of them
    /// looks whether series were forgotten, and says so in its batches. And one that deletes what
    /// is old, compacts and forgets.
    @Test
    void losesNothingOfWritersThatGoOnMeanwhile() throws Exception {
        var clock = new AtomicLong(2); // the row of keep has 1
        var failed = new AtomicReference<Throwable>();
        var stop = new AtomicBoolean();
        long oldest = 1;
        int forgotten;
        List<Long> rows;
        try (Store store = open()) {
            write(store, "keep");
            var threads = new ArrayList<Thread>();
            for (int writer = 0; writer < WRITERS; writer++) {
                String name = "w" + writer + "-";
                boolean looks = writer == 0;
                threads.add(
                        Thread.ofPlatform()
                                .unstarted(() -> churn(store, name, clock, stop, failed, looks)));
            }
            threads.forEach(Thread::start);
            for (int round = 0; round < 60 || clock.get() < 10_000; round++) {
                oldest = Math.max(1, clock.get() - WRITERS * BATCH_ROWS - 200);
                deleteBefore(store, oldest);
                now = now.plus(Duration.ofDays(10));
                store.compact();
                store.forgetEmptySeries();
            }
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failed.get()).isNull();
            forgotten = store.shards().getFirst().forgottenSeriesCount();
            rows = LongStream.range(oldest, clock.get()).boxed().toList();
            assertThat(values(store)).containsExactlyElementsOf(rows);
        }
        System.out.printf("ForgettingTest: %d rows, %d series forgotten%n", clock.get(), forgotten);
        assertThat(forgotten).isGreaterThan(100);
        try (Store store = open()) {
            assertThat(values(store)).containsExactlyElementsOf(rows);
            assertThat(store.shards().getFirst().forgottenSeriesCount()).isEqualTo(forgotten);
        }
    }

    /// How long a writer waits while others' series are forgotten; with a million of its own:
    /// `-Dtsdb.churn.live=1000000`.
    @Test
    void writersGoOnBesideManySeriesThatStay() throws Exception {
        int live = Integer.getInteger("tsdb.churn.live", 20_000);
        try (Store store = open()) {
            Shard shard = store.shards().getFirst();
            writeHosts(store, "gone-", 1_000);
            store.flush();
            deleteBefore(store, next);
            writeHosts(store, "device-of-some-building-", live);
            store.flush();
            now = now.plus(Duration.ofDays(10));
            store.compact();
            var stop = new AtomicBoolean();
            var failed = new AtomicReference<Throwable>();
            var longest = new AtomicLong();
            Thread writer =
                    Thread.ofPlatform().start(() -> writeOnAndOn(store, stop, failed, longest));
            forgetUntil(store, 1_000);
            stop.set(true);
            writer.join();
            assertThat(failed.get()).isNull();
            assertThat(shard.forgottenSeriesCount()).isEqualTo(1_000);
            assertThat(hosts(store)).hasSize(live);
            System.out.printf(
                    "ForgettingTest: 1,000 series beside %d are forgotten, longest write %d ms%n",
                    live, TimeUnit.NANOSECONDS.toMillis(longest.get()));
        }
    }

    private void writeHosts(Store store, String name, int count) throws Exception {
        for (int from = 0; from < count; from += 5_000) {
            int first = from;
            write(
                    store,
                    IntStream.range(0, Math.min(5_000, count - from))
                            .mapToObj(i -> name + (first + i))
                            .toArray(String[]::new));
        }
    }

    private void writeOnAndOn(
            Store store, AtomicBoolean stop, AtomicReference<Throwable> failed, AtomicLong most) {
        try {
            while (!stop.get()) {
                long from = System.nanoTime();
                write(store, "device-of-some-building-0");
                most.accumulateAndGet(System.nanoTime() - from, Math::max);
            }
        } catch (Exception | AssertionError e) {
            failed.set(e);
        }
    }

    /// Devices of a name that is never used again; at size it says what a million of them leave on
    /// the heap: `-Dtsdb.churn=1000000`.
    @Test
    void givesTheMemoryBack() throws Exception {
        int count = Integer.getInteger("tsdb.churn", 20_000);
        try (Store store = open()) {
            write(store, "keep");
            Shard shard = store.shards().getFirst();
            long bytesAtFirst = shard.seriesBytes();
            long heapAtFirst = heapBytes();
            for (int from = 0; from < count; from += 5_000) {
                int first = from;
                write(
                        store,
                        IntStream.range(0, 5_000)
                                .mapToObj(i -> "device-of-some-building-" + (first + i))
                                .toArray(String[]::new));
            }
            store.flush();
            long bytesWithAll = shard.seriesBytes();
            long heapWithAll = heapBytes();
            deleteBefore(store, next);
            write(store, "keep");
            now = now.plus(Duration.ofDays(10));
            long start = System.nanoTime();
            forgetUntil(store, count);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertThat(shard.forgottenSeriesCount()).isEqualTo(count);
            assertThat(hosts(store)).containsExactly("keep");
            assertThat(shard.seriesBytes())
                    .isLessThan(bytesAtFirst + (bytesWithAll - bytesAtFirst) / 10);
            System.out.printf(
                    "ForgettingTest: heap with 1 series %d KiB, with %d %d KiB, when they are"
                            + " forgotten %d KiB (%d ms)%n",
                    heapAtFirst >> 10, count, heapWithAll >> 10, heapBytes() >> 10, millis);
        }
    }

    private static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void churn(
            Store store,
            String name,
            AtomicLong clock,
            AtomicBoolean stop,
            AtomicReference<Throwable> failed,
            boolean looks) {
        Shard shard = store.shards().getFirst();
        int forgotten = 0;
        try {
            int[] found = new int[GROUPS * BATCH_ROWS];
            Arrays.fill(found, -1);
            for (int round = 0; !stop.get(); round++) {
                int group = round / 40 % GROUPS;
                var batch = new PointBatch("db");
                if (looks) { // as connections do
                    int now = shard.forgottenSeriesCount();
                    if (now != forgotten) {
                        Arrays.fill(found, -1);
                        forgotten = now;
                    }
                    batch.forgottenAtLookup(now);
                }
                MeasurementRows rows = batch.rows("m");
                long time = clock.getAndAdd(BATCH_ROWS);
                for (int i = 0; i < BATCH_ROWS; i++) {
                    int number = group * BATCH_ROWS + i;
                    SeriesKey key = key(name + number);
                    if (found[number] < 0 || round % 7 == 0) {
                        found[number] = StoreWrites.find(store, 0, "db", key);
                    }
                    int series = found[number] < 0 ? rows.addNewSeries(key) : found[number];
                    int row = rows.addRow(series, time + i);
                    rows.column("v", FieldType.INT64).put(row, time + i);
                }
                StoreWrites.write(store, batch);
            }
        } catch (Exception | AssertionError e) {
            failed.set(e);
        }
    }

    private static void deleteBefore(Store store, long time) throws IOException {
        try (Deletion deletion = store.shards().getFirst().beginDelete();
                MeasurementScan scan = deletion.open("db", "m").orElseThrow()) {
            var rows =
                    new DeletedRows.OfSeries(
                            scan.series().ids(), new TimeRange(Long.MIN_VALUE, time));
            deletion.delete(scan.schema().id(), rows);
        }
    }
}
