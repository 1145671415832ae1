package io.tsdb.cluster.node.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.influx.InfluxConfig;
import io.micrometer.influx.InfluxMeterRegistry;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/// Micrometer's registry for InfluxDB, by its v1 and its v2 interface. It publishes when it is
/// closed.
class MicrometerInfluxIT {
    private static ClientNode node;

    @BeforeAll
    static void startNode() throws IOException, InterruptedException {
        node = ClientNode.withAuthentication();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Test
    void publishesAsToInflux1() throws Exception {
        publish(
                Map.of(
                        "influx.uri",
                        node.url(),
                        "influx.db",
                        "metrics1",
                        "influx.userName",
                        "anybody",
                        "influx.password",
                        ClientNode.TOKEN));
        assertPublished("metrics1");
    }

    @Test
    void publishesAsToInflux2() throws Exception {
        publish(
                Map.of(
                        "influx.uri",
                        node.url(),
                        "influx.org",
                        "any-org",
                        "influx.bucket",
                        "metrics2",
                        "influx.token",
                        ClientNode.TOKEN));
        assertPublished("metrics2");
    }

    private static void publish(Map<String, String> settings) {
        InfluxConfig config = settings::get;
        var registry = new InfluxMeterRegistry(config, Clock.SYSTEM);
        Gauge.builder("level", () -> 4.5).tag("tank", "north 1").register(registry);
        Timer.builder("job").register(registry).record(Duration.ofMillis(250));
        registry.close();
    }

    private static void assertPublished(String database) throws Exception {
        assertThat(node.rows(database, "SELECT tank, metric_type, value FROM level"))
                .containsOnly("north 1 gauge 4.5");
        assertThat(node.rows(database, "SELECT count(*) FROM job")).hasSize(1);
    }
}
