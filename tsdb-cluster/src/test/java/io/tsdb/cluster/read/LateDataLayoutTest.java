package io.tsdb.cluster.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.exec.DatabaseControl;
import io.tsdb.query.exec.QueryEngine;
import io.tsdb.query.exec.QueryLimits;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.Session;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.schema.BatchNumbers;
import io.tsdb.storage.schema.DefineOutcome;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.shard.Store;
import io.tsdb.storage.shard.StoreConfig;
import io.tsdb.storage.shard.WriteListener;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/// Days of hourly flushes with 5 % of rows late, compacted as they come, answer every type of TSBS'
/// cpu-only use case like the same rows in one part; and how fast, for whoever wants to know.
///
/// A month: `-Dtsdb.layout.days=30 -Dtsdb.layout.hosts=20`. Times are printed, not judged.
class LateDataLayoutTest {
    private static final int DAYS = Integer.getInteger("tsdb.layout.days", 3);
    private static final int HOSTS = Integer.getInteger("tsdb.layout.hosts", 4);
    private static final int RUNS = Integer.getInteger("tsdb.layout.runs", 3);
    private static final int STEP_SECONDS = 30;
    private static final long NANOS = 1_000_000_000L;
    private static final Instant START = Instant.parse("2026-02-01T00:00:00Z");
    private static final String[] FIELDS = {
        "usage_user", "usage_system", "usage_idle", "usage_nice", "usage_iowait",
        "usage_irq", "usage_softirq", "usage_steal", "usage_guest", "usage_guest_nice"
    };

    @TempDir Path temporary;

    private Instant now = START;

    private record Row(int host, long time, long[] values) {}

    @Test
    void answersLikeOnePart() throws Exception {
        var random = new Random(5);
        var usual = CompactionConfig.defaults();
        var whole =
                new CompactionConfig(
                        1000, Duration.ofHours(2), 2L << 30, 2L << 30, usual.coreShare());
        try (Store late = open("late", usual);
                Store one = open("one", whole)) {
            List<Row> waiting = new ArrayList<>();
            int most = 0;
            for (int hour = 0; hour < 24 * DAYS; hour++) {
                List<Row> rows = new ArrayList<>();
                for (Row row : rowsOf(hour, random)) {
                    (random.nextInt(20) == 0 ? waiting : rows).add(row);
                }
                now = START.plus(Duration.ofHours(hour + 1));
                // each late row comes within a day
                for (var rest = waiting.iterator(); rest.hasNext(); ) {
                    Row row = rest.next();
                    boolean over = row.time() < (now.getEpochSecond() - 86_400) * NANOS;
                    if (over || random.nextInt(12) == 0) {
                        rows.add(row);
                        rest.remove();
                    }
                }
                write(late, rows);
                late.flush();
                late.compact();
                write(one, rows);
                most = Math.max(most, late.shards().getFirst().parts().size());
            }
            write(late, waiting);
            write(one, waiting);
            late.flush();
            one.flush();
            now = now.plus(Duration.ofDays(2000));
            one.compact();
            assertThat(one.shards().getFirst().parts()).hasSize(1);
            System.out.printf(
                    "%d days of hourly flushes, %d hosts every %d s, 5 %% late: at most %d parts%n",
                    DAYS, HOSTS, STEP_SECONDS, most);
            compare("just flushed", late, one);
            now = START.plus(Duration.ofDays(DAYS + 2));
            late.compact();
            compare("at rest", late, one);
            if (DAYS <= 3) { // a longer run adds a rewrite per longer span
                assertThat(late.partStatistics().writeAmplification()).isLessThanOrEqualTo(4);
            }
        }
    }

    private static List<Row> rowsOf(int hour, Random random) {
        var rows = new ArrayList<Row>();
        for (int second = 0; second < 3600; second += STEP_SECONDS) {
            for (int host = 0; host < HOSTS; host++) {
                long time = (START.getEpochSecond() + hour * 3600L + second) * NANOS;
                rows.add(new Row(host, time, random.longs(FIELDS.length, 0, 100).toArray()));
            }
        }
        return rows;
    }

    private static Map<String, String> types() {
        Instant end = START.plus(Duration.ofDays(DAYS));
        String hour = between(end.minus(Duration.ofHours(20)), Duration.ofHours(1));
        String half = between(end.minus(Duration.ofHours(20)), Duration.ofHours(12));
        String eight = between(end.minus(Duration.ofHours(20)), Duration.ofHours(8));
        String one = " AND hostname = 'host_1'";
        String more = " AND hostname IN ('host_0', 'host_1', 'host_2', 'host_3')";
        var types = new LinkedHashMap<String, String>();
        types.put("single-groupby-1-1-1", maxima(1, hour + one, "minute"));
        types.put("single-groupby-1-1-12", maxima(1, half + one, "minute"));
        types.put("single-groupby-1-8-1", maxima(1, hour + more, "minute"));
        types.put("single-groupby-5-1-1", maxima(5, hour + one, "minute"));
        types.put("single-groupby-5-1-12", maxima(5, half + one, "minute"));
        types.put("single-groupby-5-8-1", maxima(5, hour + more, "minute"));
        types.put("cpu-max-all-1", maxima(10, eight + one, "hour"));
        types.put("cpu-max-all-8", maxima(10, eight + more, "hour"));
        types.put("double-groupby-1", averages(1, half));
        types.put("double-groupby-5", averages(5, half));
        types.put("double-groupby-all", averages(10, half));
        types.put("high-cpu-1", "SELECT * FROM cpu WHERE usage_user > 90" + half + one);
        types.put("high-cpu-all", "SELECT * FROM cpu WHERE usage_user > 90" + half);
        types.put("lastpoint", "SELECT * FROM cpu LATEST BY hostname");
        types.put(
                "groupby-orderby-limit",
                "SELECT time_bucket('1 minute', time) AS t, max(usage_user) FROM cpu WHERE time < '"
                        + end.minus(Duration.ofHours(9))
                        + "' GROUP BY t ORDER BY t DESC LIMIT 5");
        types.put(
                "whole range, sums a day",
                "SELECT time_bucket('1 day', time) AS t, hostname, sum(usage_user), count(*) FROM"
                        + " cpu GROUP BY t, hostname");
        return types;
    }

    private static String between(Instant from, Duration span) {
        return " AND time >= '%s' AND time < '%s'".formatted(from, from.plus(span));
    }

    private static String maxima(int fields, String where, String bucket) {
        return "SELECT time_bucket('1 %s', time) AS t, %s FROM cpu WHERE TRUE%s GROUP BY t"
                .formatted(bucket, aggregates("max", fields), where);
    }

    private static String averages(int fields, String where) {
        return "SELECT time_bucket('1 hour', time) AS t, hostname, %s FROM cpu WHERE TRUE%s GROUP BY t, hostname"
                .formatted(aggregates("avg", fields), where);
    }

    private static String aggregates(String function, int fields) {
        var text = new ArrayList<String>();
        Arrays.stream(FIELDS).limit(fields).forEach(name -> text.add(function + "(" + name + ")"));
        return String.join(", ", text);
    }

    private static void compare(String state, Store lateStore, Store oneStore) {
        QueryEngine late = engine(lateStore);
        QueryEngine one = engine(oneStore);
        System.out.printf(
                "%s: %d parts, written %.2f times%n",
                state,
                lateStore.shards().getFirst().parts().size(),
                lateStore.partStatistics().writeAmplification());
        double worst = 0;
        for (Map.Entry<String, String> type : types().entrySet()) {
            String sql = type.getValue();
            assertThat(rows(late, sql)).as(sql).isNotEmpty().isEqualTo(rows(one, sql));
            long[] lateNanos = new long[RUNS];
            long[] oneNanos = new long[RUNS];
            for (int run = 0; run < RUNS; run++) {
                oneNanos[run] = nanosOf(one, sql);
                lateNanos[run] = nanosOf(late, sql);
            }
            Arrays.sort(lateNanos);
            Arrays.sort(oneNanos);
            double ratio = (double) lateNanos[0] / oneNanos[0];
            worst = Math.max(worst, ratio);
            System.out.printf(
                    "%-24s late %8.3f ms, one part %8.3f ms, %.2f times%n",
                    type.getKey(), lateNanos[0] / 1e6, oneNanos[0] / 1e6, ratio);
        }
        System.out.printf("worst type: %.2f times%n", worst);
    }

    private static long nanosOf(QueryEngine engine, String sql) {
        long from = System.nanoTime();
        try (QueryResult result = run(engine, sql)) {
            while (result.next() != null) {
                // only the time counts
            }
        }
        return System.nanoTime() - from;
    }

    private static QueryResult run(QueryEngine engine, String sql) {
        return engine.execute(sql, Session.of("db"));
    }

    /// Rows as text, sorted: most statements leave the order open.
    private static List<String> rows(QueryEngine engine, String sql) {
        var rows = new ArrayList<String>();
        try (QueryResult result = run(engine, sql)) {
            for (ResultBatch batch = result.next(); batch != null; batch = result.next()) {
                for (int row = 0; row < batch.rowCount(); row++) {
                    var text = new StringBuilder();
                    for (int column = 0; column < result.columns().size(); column++) {
                        text.append(value(batch, result.columns().get(column).type(), column, row));
                        text.append(' ');
                    }
                    rows.add(text.toString());
                }
            }
        }
        rows.sort(Comparator.naturalOrder());
        return rows;
    }

    private static String value(ResultBatch batch, ColumnType type, int column, int row) {
        if (batch.isNull(column, row)) {
            return "-";
        }
        return switch (type) {
            case INT64, UINT64, BOOL, TIMESTAMP -> Long.toString(batch.longs(column)[row]);
            case FLOAT64 -> Double.toString(batch.doubles(column)[row]);
            case STRING -> batch.dictionary(column)[batch.stringIds(column)[row]];
        };
    }

    private Store open(String name, CompactionConfig compaction) throws IOException {
        var config =
                new StoreConfig(
                        temporary.resolve(name),
                        1,
                        1L << 30,
                        512 << 20,
                        Duration.ofDays(1),
                        Duration.ofSeconds(20),
                        0,
                        LocalLog.factory(LogConfig.defaults(), System::nanoTime),
                        PartConfig.defaults(),
                        compaction);
        return Store.open(config, new LocalFileStore(), System::nanoTime, () -> now);
    }

    private static QueryEngine engine(Store store) {
        return new QueryEngine(
                store.catalog(),
                new LocalFragmentRunner(store.shards(), Runnable::run),
                new NoDatabases(),
                () -> START,
                System::nanoTime,
                QueryLimits.DEFAULT,
                new MemoryBudget(1L << 30, Duration.ZERO));
    }

    private record NoDatabases() implements DatabaseControl {
        @Override
        public boolean create(String database) {
            throw new IllegalStateException("not asked for");
        }

        @Override
        public boolean drop(String database) {
            throw new IllegalStateException("not asked for");
        }

        @Override
        public long delete(ScanSpec rows, QueryControl control) {
            throw new IllegalStateException("not asked for");
        }
    }

    private static void write(Store store, List<Row> rows) {
        var batch = new PointBatch("db");
        MeasurementRows target = batch.rows("cpu");
        var schema = store.catalog().measurement("db", "cpu");
        var fresh = new HashMap<SeriesKey, Integer>();
        for (Row row : rows) {
            SeriesKey key = SeriesKey.of("cpu", Map.of("hostname", "host_" + row.host()));
            byte[] bytes = key.bytes();
            int id =
                    schema.map(
                                    known ->
                                            store.shards()
                                                    .getFirst()
                                                    .findSeries(
                                                            known.id(),
                                                            bytes,
                                                            0,
                                                            bytes.length,
                                                            key.hash()))
                            .orElse(-1);
            int ref = id >= 0 ? id : fresh.computeIfAbsent(key, target::addNewSeries);
            int at = target.addRow(ref, row.time());
            for (int field = 0; field < FIELDS.length; field++) {
                target.column(FIELDS[field], FieldType.INT64).put(at, row.values()[field]);
            }
        }
        var needed = BatchNumbers.needed(List.of(batch), Definitions.BY_NAME);
        var outcome = (DefineOutcome.Defined) store.define(needed).join();
        BatchNumbers.put(batch, outcome.database(), store.catalog().appliedIndex());
        var done = new CompletableFuture<Void>();
        var listener =
                new WriteListener() {
                    @Override
                    public void applied() {
                        done.complete(null);
                    }

                    @Override
                    public void failed(String reason) {
                        done.completeExceptionally(new IllegalStateException(reason));
                    }
                };
        assertThat(store.shards().getFirst().write(batch, listener)).isTrue();
        done.join();
    }
}
