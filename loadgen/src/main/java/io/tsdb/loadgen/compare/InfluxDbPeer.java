package io.tsdb.loadgen.compare;

import io.tsdb.loadgen.query.QueryDialect;
import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.workload.MeasurementSpec;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// InfluxDB 1.x, `influxd` on the PATH.
final class InfluxDbPeer implements Peer {
    private static final int START_SECONDS_MAX = 60;

    @Override
    public String name() {
        return "influxdb";
    }

    @Override
    public String durability() {
        return "WAL fsync per write";
    }

    @Override
    public QueryDialect dialect() {
        return QueryDialect.INFLUXQL;
    }

    @Override
    public Optional<String> missing(Path work) throws IOException, InterruptedException {
        if (Probe.executable("influxd").isEmpty()) {
            return Optional.of("no influxd on the PATH");
        }
        String version = ServerProcess.run(List.of("influxd", "version"));
        return version.matches("(?s).*\\bv?1\\.\\d+.*")
                ? Optional.empty()
                : Optional.of("influxd is not version 1.x: " + version);
    }

    @Override
    public Running start(Path data, Path log) throws IOException, InterruptedException {
        Endpoint endpoint = new Endpoint("127.0.0.1", Probe.freePort());
        // An empty config keeps the one of a system's package out.
        ServerProcess process =
                ServerProcess.start(
                        List.of("influxd", "-config", "/dev/null"),
                        Map.of(
                                "INFLUXDB_REPORTING_DISABLED",
                                "true",
                                "INFLUXDB_BIND_ADDRESS",
                                "127.0.0.1:" + Probe.freePort(),
                                "INFLUXDB_HTTP_BIND_ADDRESS",
                                endpoint.toString(),
                                "INFLUXDB_HTTP_LOG_ENABLED",
                                "false",
                                "INFLUXDB_META_DIR",
                                data.resolve("meta").toString(),
                                "INFLUXDB_DATA_DIR",
                                data.resolve("data").toString(),
                                "INFLUXDB_DATA_WAL_DIR",
                                data.resolve("wal").toString(),
                                "INFLUXDB_DATA_QUERY_LOG_ENABLED",
                                "false",
                                "INFLUXDB_MONITOR_STORE_ENABLED",
                                "false"),
                        log);
        process.await("ready", () -> Probe.serves(endpoint, "/ping"), START_SECONDS_MAX);
        int status = Probe.request(endpoint, "POST", "/query?q=CREATE+DATABASE+bench").statusCode();
        if (status != 200) {
            process.stop();
            throw new IOException("CREATE DATABASE was answered with HTTP " + status);
        }
        return new Running(process, endpoint);
    }

    @Override
    public String writePath() {
        return "/write?db=bench&precision=n";
    }

    @Override
    public long count(
            Endpoint endpoint, MeasurementSpec measurement, long startNanos, long endNanos)
            throws IOException, InterruptedException {
        String query =
                "SELECT count(\""
                        + measurement.fields().getFirst().name()
                        + "\") FROM \""
                        + measurement.name()
                        + "\"";
        String answer =
                Probe.get(
                        endpoint,
                        "/query?db=bench&q=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        JsonNode series =
                JsonMapper.shared().readTree(answer).path("results").path(0).path("series").path(0);
        return series.path("values").path(0).path(1).asLong(0);
    }
}
