package io.tsdb.loadgen.query;

import io.tsdb.loadgen.load.Latencies;
import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.wire.SqlConnection;
import io.tsdb.loadgen.wire.SqlDialect;
import io.tsdb.loadgen.workload.StreamConfig;

import org.HdrHistogram.ConcurrentHistogram;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// Asks the questions of some types and measures.
public final class QueryRun {
    private static final long HIGHEST_MICROS = 3_600_000_000L;

    private final StreamConfig config;
    private final QueryCatalog catalog;
    private final Settings settings;
    private final Map<String, List<ExpectedAnswer>> expected = new HashMap<>();

    /// How to ask.
    ///
    /// @param seed of the parameters
    /// @param warmUp questions asked first and not measured
    /// @param runs questions measured per type
    /// @param threads connections that ask at the same time
    /// @param checks answers per type that are compared
    public record Settings(
            long seed, int warmUp, int runs, int threads, int checks, Duration timeout) {}

    /// Computes what the answers must be, for the types given, before anything is asked.
    public QueryRun(StreamConfig config, List<String> types, Settings settings) {
        this.config = config;
        this.settings = settings;
        catalog = new QueryCatalog(config);
        List<QuerySpec> specs = new ArrayList<>();
        for (String type : types) {
            for (int i = 0; i < settings.checks(); i++) {
                specs.add(spec(type, i));
            }
        }
        for (ExpectedAnswer answer : Expectations.of(config, specs)) {
            expected.computeIfAbsent(answer.spec().type(), _ -> new ArrayList<>()).add(answer);
        }
    }

    /// The n-th question of a type; those below 0 are for warming up.
    public QuerySpec spec(String type, int instance) {
        return catalog.spec(
                type,
                new SplittableRandom(
                        settings.seed() * 31 + type.hashCode() * 1_000_003L + instance));
    }

    /// Asks one server.
    ///
    /// @param done gets each type's report when it is there
    public List<QueryReport> run(
            List<String> types,
            QueryDialect dialect,
            Endpoint endpoint,
            String database,
            String token,
            Consumer<QueryReport> done)
            throws IOException, InterruptedException {
        List<QueryReport> reports = new ArrayList<>();
        for (String type : types) {
            QueryReport report = measure(type, dialect, endpoint, database, token);
            done.accept(report);
            reports.add(report);
        }
        return reports;
    }

    private QueryReport measure(
            String type, QueryDialect dialect, Endpoint endpoint, String database, String token)
            throws InterruptedException {
        QuerySpec first = spec(type, 0);
        long end = config.startNanos() + config.steps() * config.intervalNanos();
        if (dialect.path(first, database, end).isEmpty()) {
            return new QueryReport(
                    type, "", 0, 0, Latencies.NONE, 0, 0, 0, 0, "not expressible in " + dialect);
        }
        String remark = dialect.remark(first);
        int checked = 0;
        int wrong = 0;
        AtomicReference<String> error = new AtomicReference<>("");
        try (SqlConnection connection = connect(dialect, endpoint, database, token)) {
            Optional<SqlDialect> rows = dialect.rows();
            if (rows.isPresent()) {
                for (ExpectedAnswer answer : expected.getOrDefault(type, List.of())) {
                    boolean isFinished = isFinishedByServer(dialect, answer.spec());
                    AnswerCheck check = answer.check(rows.get());
                    var finished = new FinishedRows();
                    long count =
                            connection.query(
                                    dialect.text(answer.spec()), isFinished ? finished : check);
                    checked++;
                    String verdict =
                            isFinished ? finished.verdict(answer.finished()) : check.verdict();
                    if (!verdict.isEmpty()) {
                        wrong++;
                        remark =
                                "WRONG ("
                                        + count
                                        + " rows): "
                                        + verdict
                                        + " :: "
                                        + dialect.text(answer.spec());
                    }
                }
            }
            for (int i = 0; i < settings.warmUp(); i++) {
                if (ask(connection, dialect, spec(type, -1 - i), database, end) == 0) {
                    remark = "empty answer";
                }
            }
        } catch (IOException e) {
            return new QueryReport(
                    type,
                    dialect.text(first),
                    0,
                    0,
                    Latencies.NONE,
                    0,
                    checked,
                    wrong,
                    1,
                    "ERROR " + e.getMessage());
        }
        ConcurrentHistogram histogram = new ConcurrentHistogram(HIGHEST_MICROS, 3);
        LongAdder bytes = new LongAdder();
        AtomicInteger next = new AtomicInteger();
        AtomicInteger errors = new AtomicInteger();
        CountDownLatch running = new CountDownLatch(settings.threads());
        long began = System.nanoTime();
        for (int t = 0; t < settings.threads(); t++) {
            Thread.ofPlatform()
                    .name("query-" + t)
                    .start(
                            () -> {
                                try (SqlConnection connection =
                                        connect(dialect, endpoint, database, token)) {
                                    for (int i = next.getAndIncrement();
                                            i < settings.runs();
                                            i = next.getAndIncrement()) {
                                        QuerySpec question = spec(type, i);
                                        long sent = System.nanoTime();
                                        bytes.add(
                                                ask(connection, dialect, question, database, end));
                                        histogram.recordValue(
                                                Math.min(
                                                        HIGHEST_MICROS,
                                                        (System.nanoTime() - sent) / 1000));
                                    }
                                } catch (IOException e) {
                                    errors.incrementAndGet();
                                    error.set("ERROR " + e.getMessage());
                                } finally {
                                    running.countDown();
                                }
                            });
        }
        running.await();
        double seconds = (System.nanoTime() - began) / 1e9;
        long runs = histogram.getTotalCount();
        return new QueryReport(
                type,
                dialect.text(first),
                runs,
                runs / seconds,
                Latencies.of(histogram),
                bytes.sum() / (double) Math.max(1, runs),
                checked,
                wrong,
                errors.get(),
                error.get().isEmpty() ? remark : error.get());
    }

    private static boolean isFinishedByServer(QueryDialect dialect, QuerySpec spec) {
        return dialect == QueryDialect.TSDB && spec.finish() != QuerySpec.Finish.NONE;
    }

    /// @return bytes of the answer
    private static long ask(
            SqlConnection connection,
            QueryDialect dialect,
            QuerySpec spec,
            String database,
            long endNanos)
            throws IOException {
        if (spec.finish() == QuerySpec.Finish.NONE || isFinishedByServer(dialect, spec)) {
            return connection.bytes(dialect.path(spec, database, endNanos).orElseThrow());
        }
        var finish = new ClientFinish(spec);
        connection.query(dialect.text(spec), finish);
        finish.result();
        return connection.answerBytes();
    }

    private SqlConnection connect(
            QueryDialect dialect, Endpoint endpoint, String database, String token) {
        return new SqlConnection(
                endpoint,
                dialect.rows().orElse(SqlDialect.TSDB),
                database,
                token,
                settings.timeout());
    }
}
