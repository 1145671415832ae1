package io.tsdb.loadgen.compare;

import io.tsdb.loadgen.query.QueryDialect;
import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.wire.SqlDialect;
import io.tsdb.loadgen.workload.MeasurementSpec;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// QuestDB, from its jar: given, or copied by Maven.
final class QuestDbPeer implements Peer {
    private static final String VERSION = "9.3.4";
    private static final int START_SECONDS_MAX = 120;

    private final boolean sync;
    private @Nullable Path jar;

    /// @param jar the jar, or null to have Maven copy it
    /// @param sync whether it syncs at each commit
    QuestDbPeer(@Nullable Path jar, boolean sync) {
        this.jar = jar;
        this.sync = sync;
    }

    @Override
    public String name() {
        return sync ? "questdb-sync" : "questdb";
    }

    @Override
    public String durability() {
        return sync ? "commit.mode=sync" : "default: page cache, no fsync";
    }

    @Override
    public QueryDialect dialect() {
        return QueryDialect.QUESTDB;
    }

    @Override
    public Optional<String> missing(Path work) throws IOException, InterruptedException {
        if (jar == null) {
            Optional<Path> copied = MavenJar.copy("org.questdb", "questdb", VERSION, work);
            if (copied.isEmpty()) {
                return Optional.of(
                        "no jar given (--questdb-jar), and Maven could not copy"
                                + " org.questdb:questdb:"
                                + VERSION);
            }
            jar = copied.get();
        }
        return Files.exists(jar) ? Optional.empty() : Optional.of("no file " + jar);
    }

    @Override
    public Running start(Path data, Path log) throws IOException, InterruptedException {
        Endpoint endpoint = new Endpoint("127.0.0.1", Probe.freePort());
        ServerProcess process =
                ServerProcess.start(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-p",
                                String.valueOf(jar),
                                "-m",
                                "io.questdb/io.questdb.ServerMain",
                                "-d",
                                data.toString()),
                        Map.of(
                                "QDB_TELEMETRY_ENABLED", "false",
                                "QDB_CAIRO_COMMIT_MODE", sync ? "sync" : "nosync",
                                "QDB_HTTP_BIND_TO", endpoint.toString(),
                                "QDB_LINE_TCP_ENABLED", "false",
                                "QDB_PG_ENABLED", "false",
                                "QDB_HTTP_MIN_ENABLED", "false"),
                        log);
        process.await(
                "ready", () -> Probe.serves(endpoint, "/exec?query=select+1"), START_SECONDS_MAX);
        return new Running(process, endpoint);
    }

    @Override
    public String writePath() {
        return "/write?precision=n";
    }

    @Override
    public long count(
            Endpoint endpoint, MeasurementSpec measurement, long startNanos, long endNanos)
            throws IOException {
        return TsdbPeer.count(endpoint, SqlDialect.QUESTDB, measurement);
    }
}
