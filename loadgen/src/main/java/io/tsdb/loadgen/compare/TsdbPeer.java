package io.tsdb.loadgen.compare;

import io.tsdb.loadgen.query.QueryDialect;
import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.wire.SqlConnection;
import io.tsdb.loadgen.wire.SqlDialect;
import io.tsdb.loadgen.wire.SqlRefusedException;
import io.tsdb.loadgen.workload.MeasurementSpec;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// tsdb, by its launcher.
final class TsdbPeer implements Peer {
    private static final Pattern READY = Pattern.compile("ready http://(\\S+)");
    private static final Pattern FLUSHED =
            Pattern.compile("^tsdb_head_points 0\\.0$", Pattern.MULTILINE);
    private static final int FLUSH_SECONDS_MAX = 120;
    private static final int START_SECONDS_MAX = 300;

    private final Path launcher;

    TsdbPeer(Path launcher) {
        this.launcher = launcher;
    }

    @Override
    public String name() {
        return "tsdb";
    }

    @Override
    public String durability() {
        return "fsync before the ack";
    }

    @Override
    public QueryDialect dialect() {
        return QueryDialect.TSDB;
    }

    @Override
    public Optional<String> missing(Path work) {
        return Files.isExecutable(launcher)
                ? Optional.empty()
                : Optional.of(
                        "no launcher at " + launcher.toAbsolutePath() + "; name it with --tsdb");
    }

    @Override
    public Running start(Path data, Path log) throws IOException, InterruptedException {
        return start(data, log, List.of());
    }

    /// Points stay in memory and in the log for ten minutes by default; a node that may keep them
    /// for a second puts them all into parts.
    @Override
    public void settle(Path data, Path log) throws IOException, InterruptedException {
        Running node = start(data, log, List.of("--flush-age=1s"));
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI metrics = URI.create("http://" + node.endpoint() + "/metrics");
            node.process()
                    .await(
                            "flushed",
                            () ->
                                    FLUSHED.matcher(
                                                    http.send(
                                                                    HttpRequest.newBuilder(metrics)
                                                                            .build(),
                                                                    BodyHandlers.ofString())
                                                            .body())
                                            .find(),
                            FLUSH_SECONDS_MAX);
        } finally {
            node.process().stop();
        }
    }

    private Running start(Path data, Path log, List<String> more)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                launcher.toAbsolutePath().toString(),
                                "start",
                                "--data",
                                data.toString(),
                                "--http",
                                "127.0.0.1:0",
                                "--line-tcp",
                                "127.0.0.1:0"));
        command.addAll(more);
        ServerProcess process = ServerProcess.start(command, Map.of(), log);
        process.await("ready", () -> READY.matcher(process.output()).find(), START_SECONDS_MAX);
        Matcher ready = READY.matcher(process.output());
        if (!ready.find()) {
            throw new IllegalStateException("BUG: the ready line is gone");
        }
        return new Running(process, Endpoint.parse(ready.group(1)));
    }

    @Override
    public String writePath() {
        return "/write?db=bench";
    }

    @Override
    public long count(
            Endpoint endpoint, MeasurementSpec measurement, long startNanos, long endNanos)
            throws IOException {
        return count(endpoint, SqlDialect.TSDB, measurement);
    }

    static long count(Endpoint endpoint, SqlDialect dialect, MeasurementSpec measurement)
            throws IOException {
        try (SqlConnection sql =
                new SqlConnection(endpoint, dialect, "bench", "", Duration.ofSeconds(60))) {
            return sql.number("SELECT count(*) FROM " + SqlDialect.quote(measurement.name()));
        } catch (SqlRefusedException e) {
            if (!e.isUnknownMeasurement()) {
                throw e;
            }
            return 0;
        }
    }
}
