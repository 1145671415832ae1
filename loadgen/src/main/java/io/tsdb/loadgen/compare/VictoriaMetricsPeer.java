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

/// VictoriaMetrics, `victoria-metrics` on the PATH.
final class VictoriaMetricsPeer implements Peer {
    private static final int START_SECONDS_MAX = 60;
    private static final List<String> NAMES = List.of("victoria-metrics", "victoria-metrics-prod");

    @Override
    public String name() {
        return "victoria-metrics";
    }

    @Override
    public String durability() {
        return "memory; seconds are lost by a kill";
    }

    @Override
    public QueryDialect dialect() {
        return QueryDialect.PROMQL;
    }

    private static Optional<Path> binary() {
        return NAMES.stream().map(Probe::executable).flatMap(Optional::stream).findFirst();
    }

    @Override
    public Optional<String> missing(Path work) {
        return binary().isPresent()
                ? Optional.empty()
                : Optional.of("no victoria-metrics on the PATH");
    }

    @Override
    public Running start(Path data, Path log) throws IOException, InterruptedException {
        Endpoint endpoint = new Endpoint("127.0.0.1", Probe.freePort());
        ServerProcess process =
                ServerProcess.start(
                        List.of(
                                binary().orElseThrow().toString(),
                                "-storageDataPath=" + data,
                                "-httpListenAddr=" + endpoint,
                                "-retentionPeriod=100y",
                                "-search.latencyOffset=0s",
                                "-search.maxUniqueTimeseries=20000000"),
                        Map.of(),
                        log);
        process.await("ready", () -> Probe.serves(endpoint, "/health"), START_SECONDS_MAX);
        return new Running(process, endpoint);
    }

    @Override
    public String writePath() {
        return "/write?precision=n";
    }

    @Override
    public long count(
            Endpoint endpoint, MeasurementSpec measurement, long startNanos, long endNanos)
            throws IOException, InterruptedException {
        String query =
                "sum(count_over_time("
                        + measurement.name()
                        + "_"
                        + measurement.fields().getFirst().name()
                        + "["
                        + ((endNanos - startNanos) / 1_000_000_000L + 1)
                        + "s]))";
        String answer =
                Probe.get(
                        endpoint,
                        "/api/v1/query?nocache=1&time="
                                + endNanos / 1_000_000_000L
                                + "&query="
                                + URLEncoder.encode(query, StandardCharsets.UTF_8));
        JsonNode value =
                JsonMapper.shared()
                        .readTree(answer)
                        .path("data")
                        .path("result")
                        .path(0)
                        .path("value")
                        .path(1);
        return value.isMissingNode() ? 0 : Math.round(Double.parseDouble(value.asString()));
    }
}
