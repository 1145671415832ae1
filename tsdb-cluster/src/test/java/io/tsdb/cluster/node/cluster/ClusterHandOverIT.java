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
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A node gives up what it leads before it goes: when it is asked to, and when it is stopped.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ClusterHandOverIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SIGTERM_STATUS = 128 + 15;

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

    /// Names of what a node leads, as it sees it itself: numbers of shards, `catalog`.
    private List<String> led(URI node) throws Exception {
        var led = new ArrayList<String>();
        for (JsonNode row : get(node, "/api/v1/cluster/shards").get("rows")) {
            if (row.get(1).asString().equals("leader")) {
                led.add(row.get(0).asString());
            }
        }
        return led;
    }

    /// A node that leads something.
    private int leader(ClusterProcesses cluster) throws Exception {
        for (int node = 0; node < ClusterProcesses.SIZE; node++) {
            if (!led(cluster.url(node)).isEmpty()) {
                return node;
            }
        }
        throw new AssertionError("nobody leads");
    }

    @Test
    void leadersGoToOthersWhenANodeIsAskedToHandOver() throws Exception {
        try (var cluster = new ClusterProcesses(directory)) {
            cluster.launchAll();
            int leader = leader(cluster);
            URI url = cluster.url(leader);
            List<String> before = led(url);
            var one = new LoadWriter(client, "a", cluster, (leader + 1) % 3);
            var other = new LoadWriter(client, "b", cluster, leader);
            one.awaitAcknowledged(500);
            String[] command = {"cluster", "hand-over", "--url=" + url};
            try (TsdbProcess handOver = TsdbProcess.run(directory, command)) {
                assertThat(handOver.awaitEnd()).as(handOver.errors()).isZero();
                for (String log : before) {
                    assertThat(handOver.output())
                            .as(cluster.process(leader)::errors)
                            .containsPattern("(?m)^" + log + " +[0-9a-f]{16} +done$");
                }
            }
            assertThat(led(url)).isEmpty();
            one.awaitAcknowledged(500);
            other.awaitAcknowledged(500);
            one.end();
            other.end();
            System.out.printf(
                    "ClusterHandOverIT: %s handed over, longest wait for an answer %d ms%n",
                    before, Math.max(one.gapMillisMax(), other.gapMillisMax()));
            assertThat(cluster.process(leader).errors())
                    .contains("audit what=[hand leaders over] outcome=done who=everybody");
        }
    }

    /// One node after the other, as an update does it: nothing is refused at the others.
    @Test
    void aNodeThatIsStoppedHandsOverFirst() throws Exception {
        try (var cluster = new ClusterProcesses(directory)) {
            cluster.launchAll();
            var gaps = new ArrayList<Long>();
            long acknowledged = 0;
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                List<String> before = led(cluster.url(node));
                var one = new LoadWriter(client, "r" + node + "a", cluster, (node + 1) % 3);
                var other = new LoadWriter(client, "r" + node + "b", cluster, (node + 2) % 3);
                one.awaitAcknowledged(500);
                other.awaitAcknowledged(500);
                assertThat(cluster.process(node).terminate()).isEqualTo(SIGTERM_STATUS);
                for (String log : before) {
                    // within two seconds, or not: a stop does not wait for a busy machine
                    assertThat(cluster.process(node).errors())
                            .containsPattern("log " + log + ": (handed over to|nobody took) ");
                }
                one.awaitAcknowledged(500);
                other.awaitAcknowledged(500);
                cluster.launch(node);
                cluster.awaitReady(node);
                acknowledged += one.end() + other.end();
                gaps.add(Math.max(one.gapMillisMax(), other.gapMillisMax()));
            }
            String count = "/api/v1/sql?db=c&q=SELECT+count(n)+FROM+load";
            assertThat(get(cluster.url(0), count).get("rows").get(0).get(0).asLong())
                    .isEqualTo(acknowledged);
            System.out.printf(
                    "ClusterHandOverIT: %d points acknowledged, 0 lost, longest wait for an answer"
                            + " by stop: %s ms%n",
                    acknowledged, gaps);
        }
    }

    @Test
    void aNodeAloneHasNothingToHandOver() throws Exception {
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("alone"))) {
            String url = node.awaitReady();
            String[] command = {"cluster", "hand-over", "--url=" + url};
            try (TsdbProcess handOver = TsdbProcess.run(directory, command)) {
                assertThat(handOver.awaitEnd()).isEqualTo(1);
                assertThat(handOver.errors()).contains("this node is in no cluster");
            }
            URI path = URI.create(url + "/api/v1/cluster/hand-over");
            var plain =
                    HttpRequest.newBuilder(path).POST(HttpRequest.BodyPublishers.ofString("x=1"));
            assertThat(
                            client.send(plain.build(), HttpResponse.BodyHandlers.ofString())
                                    .statusCode())
                    .isEqualTo(415);
        }
    }
}
