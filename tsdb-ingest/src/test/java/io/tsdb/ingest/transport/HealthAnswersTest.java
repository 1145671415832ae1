package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.ingest.transport.HttpSocket.Answer;
import io.tsdb.storage.net.HealthAnswers;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

/// What probes and clients ask before they write.
class HealthAnswersTest {
    @Test
    void answersPingAsInflux1() throws IOException {
        try (var server = new TestServer()) {
            Answer ping = server.get("/ping");
            assertThat(ping.status()).isEqualTo(204);
            assertThat(ping.header("X-Influxdb-Version")).isEqualTo("1.8.10");
            Answer verbose = server.get("/ping?verbose=true");
            assertThat(verbose.status()).isEqualTo(200);
            assertThat(verbose.body())
                    .isEqualTo(
                            "{\"product\":\"tsdb\",\"version\":\"1.8.10\","
                                    + "\"tsdb_version\":\"9.9.9\"}");
        }
    }

    @Test
    void tellsReadinessAndHealthApart() throws IOException {
        var health =
                new AtomicReference<>(new HealthAnswers.Health(false, true, "replaying the log"));
        var options = new TestServer.Options();
        options.health = health::get;
        try (var server = new TestServer(options)) {
            Answer starting = server.get("/ready");
            assertThat(starting.status()).isEqualTo(503);
            assertThat(starting.body())
                    .isEqualTo("{\"status\":\"not ready\",\"message\":\"replaying the log\"}");
            assertThat(server.get("/health").status()).isEqualTo(503);

            health.set(HealthAnswers.Health.OK);
            assertThat(server.get("/ready").body())
                    .isEqualTo(
                            "{\"status\":\"ready\",\"started\":\"2025-06-01T11:00:00Z\","
                                    + "\"up\":\"1h0m0s\"}");
            assertThat(server.get("/health").body())
                    .isEqualTo(
                            "{\"name\":\"tsdb\",\"message\":\"ready for queries and writes\","
                                    + "\"status\":\"pass\",\"checks\":[],\"version\":\"9.9.9\"}");

            health.set(new HealthAnswers.Health(true, false, "log \"7\" failed"));
            Answer failed = server.get("/health");
            assertThat(failed.status()).isEqualTo(503);
            assertThat(failed.body()).contains("\"status\":\"fail\"").contains("\\\"7\\\"");
        }
    }

    @Test
    void tellsQuestDbClientsTheProtocolVersion() throws IOException {
        try (var server = new TestServer()) {
            assertThat(server.get("/settings").body())
                    .isEqualTo("{\"config\":{\"line.proto.support.versions\":[1]}}");
        }
    }

    @Test
    void takesNoOtherMethod() throws IOException {
        try (var server = new TestServer()) {
            Answer answer = server.post("/ping", "");
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("Allow")).isEqualTo("GET, HEAD");
        }
    }
}
