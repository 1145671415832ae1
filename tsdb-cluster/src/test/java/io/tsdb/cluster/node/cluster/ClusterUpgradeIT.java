package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Another version is installed on one node after the other, under load.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ClusterUpgradeIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SIGTERM_STATUS = 128 + 15;
    private static final String COUNT = "/api/v1/sql?db=c&q=SELECT+count(n)+FROM+load";

    @TempDir Path directory;
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void closeClient() {
        client.close();
    }

    private JsonNode get(URI node, String path) throws Exception {
        HttpResponse<String> response =
                client.send(
                        HttpRequest.newBuilder(node.resolve(path)).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private int level(URI node) throws Exception {
        return get(node, "/api/v1/cluster").path("level").asInt();
    }

    private long count(URI node) throws Exception {
        return get(node, COUNT).get("rows").get(0).get(0).asLong();
    }

    private String status(URI node) throws Exception {
        try (var command = TsdbProcess.run(directory, "cluster", "status", "--url=" + node)) {
            assertThat(command.awaitEnd()).as(command.errors()).isZero();
            return command.output();
        }
    }

    /// Nothing is refused at the nodes that are not just being upgraded, neither of the old version
    /// nor of the new one; then the level goes up, and the old version is let in no more.
    @Test
    void anUpgradeOfOneNodeAfterTheOtherIsNoticedByNoClient() throws Exception {
        try (var cluster = new ClusterProcesses(directory, "--cluster-balance-after=2s")) {
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                cluster.launchOlder(node);
            }
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                cluster.awaitReady(node);
            }
            var gaps = new ArrayList<Long>();
            long acknowledged = 0;
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                int[] others = {(node + 1) % 3, (node + 2) % 3};
                var writers = new ArrayList<LoadWriter>();
                for (int other : others) {
                    writers.add(new LoadWriter(client, "u" + node + other, cluster, other));
                }
                awaitMore(writers);
                assertThat(level(cluster.url(node))).as("one is old").isEqualTo(1);
                assertThat(cluster.process(node).terminate()).isEqualTo(SIGTERM_STATUS);
                awaitMore(writers);
                cluster.launch(node);
                cluster.awaitReady(node);
                awaitMore(writers);
                for (int other : others) {
                    assertThat(count(cluster.url(other))).isGreaterThan(acknowledged);
                }
                for (LoadWriter writer : writers) {
                    acknowledged += writer.end();
                    gaps.add(writer.gapMillisMax());
                }
                assertThat(count(cluster.url(node))).isEqualTo(acknowledged);
            }
            acknowledged += raised(cluster);
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                assertThat(count(cluster.url(node))).isEqualTo(acknowledged);
            }
            assertThat(cluster.process(0).terminate()).isEqualTo(SIGTERM_STATUS);
            cluster.launchOlder(0);
            cluster.process(0).awaitError("too old for its cluster, which is at level 2");
            assertThat(cluster.process(0).awaitEnd()).isEqualTo(1);
            System.out.printf(
                    "ClusterUpgradeIT: %d points acknowledged, 0 lost, 0 refused, longest waits for"
                            + " an answer by writer: %s ms%n",
                    acknowledged, gaps);
        }
    }

    private static void awaitMore(List<LoadWriter> writers) throws InterruptedException {
        for (LoadWriter writer : writers) {
            writer.awaitAcknowledged(500);
        }
    }

    /// The level goes up while somebody writes; it is said everywhere.
    ///
    /// @return points that were acknowledged meanwhile
    private long raised(ClusterProcesses cluster) throws Exception {
        var writer = new LoadWriter(client, "level", cluster, 1);
        for (int node = 0; node < ClusterProcesses.SIZE; node++) {
            while (level(cluster.url(node)) < 2) {
                writer.awaitAcknowledged(50);
            }
        }
        writer.awaitAcknowledged(500);
        String status = status(cluster.url(2));
        assertThat(status).startsWith("level 2\n");
        assertThat(Arrays.stream(status.split("\n")).filter(line -> line.matches(".* 1-2 *")))
                .hasSize(ClusterProcesses.SIZE);
        return writer.end();
    }
}
