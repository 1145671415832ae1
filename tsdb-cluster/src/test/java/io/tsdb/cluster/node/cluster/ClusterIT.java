package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Three nodes: any takes writes and queries; each is killed in turn under load, so leaders too,
/// and comes back. No acknowledged point is lost, no write fails at the others, and every node
/// gives the same answer. `-Dtsdb.cluster.kills=10` kills so often.
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ClusterIT {
    private static final int KILLS = Integer.getInteger("tsdb.cluster.kills", 3);
    private static final long START = 1_750_000_000_000_000_000L;

    @TempDir Path temporary;

    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void closeClient() {
        client.close();
    }

    private HttpResponse<String> post(URI node, String lines)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(node.resolve("/write?db=c"))
                        .POST(HttpRequest.BodyPublishers.ofString(lines))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String query(URI node, String sql) throws Exception {
        String text = URLEncoder.encode(sql, StandardCharsets.UTF_8);
        HttpResponse<String> response =
                client.send(
                        HttpRequest.newBuilder(
                                        node.resolve("/api/v1/sql?db=c&format=csv&q=" + text))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    @Test
    void losesNothingWhenAnyNodeIsKilledUnderLoad() throws Exception {
        try (var cluster = new ClusterProcesses(temporary, "--flush-age=2s")) {
            cluster.launchAll();
            var counts = new ArrayList<Long>();
            var gaps = new ArrayList<Long>();
            for (int kill = 0; kill < KILLS; kill++) {
                int victim = kill % ClusterProcesses.SIZE;
                int first = (victim + 1) % ClusterProcesses.SIZE;
                int second = (victim + 2) % ClusterProcesses.SIZE;
                var one = new LoadWriter(client, "r" + kill + "a", cluster, first);
                var other = new LoadWriter(client, "r" + kill + "b", cluster, second);
                one.awaitAcknowledged(500);
                cluster.process(victim).kill();
                one.awaitAcknowledged(1_000);
                other.awaitAcknowledged(1_000);
                cluster.launch(victim);
                cluster.awaitReady(victim);
                counts.add(one.end());
                counts.add(other.end());
                gaps.add(Math.max(one.gapMillisMax(), other.gapMillisMax()));
                check(cluster, kill, counts);
            }
            System.out.println(
                    "ClusterIT: %d points acknowledged, 0 lost; longest wait for an answer by kill: %s ms, median %d ms"
                            .formatted(
                                    counts.stream().mapToLong(Long::longValue).sum(),
                                    gaps,
                                    gaps.stream().sorted().toList().get(gaps.size() / 2)));
        }
    }

    /// Every node has every acknowledged point, with its value, once: also the one that was away.
    private void check(ClusterProcesses cluster, int kills, List<Long> counts) throws Exception {
        for (int node = 0; node < ClusterProcesses.SIZE; node++) {
            for (int round = 0; round <= kills; round++) {
                for (String side : List.of("a", "b")) {
                    long count = counts.get(2 * round + (side.equals("a") ? 0 : 1));
                    String answer =
                            query(
                                    cluster.url(node),
                                    "SELECT count(n), sum(n), min(n), max(n) FROM load WHERE dev"
                                            + " LIKE 'r%d%s%%'".formatted(round, side));
                    assertThat(answer.lines().skip(1).toList())
                            .as("node %d of round %d%s", node, round, side)
                            .containsExactly(
                                    count + "," + count * (count - 1) / 2 + ",0," + (count - 1));
                }
            }
        }
    }

    /// What was acknowledged by one node is in the next answer of any other; types are decided
    /// once, for all nodes.
    @Test
    void anyNodeSeesAtOnceWhatAnyOtherHasAcknowledged() throws Exception {
        try (var cluster = new ClusterProcesses(temporary)) {
            cluster.launchAll();
            for (int i = 0; i < 30; i++) {
                URI writing = cluster.url(i % 3);
                URI reading = cluster.url((i + 1) % 3);
                assertThat(
                                post(writing, "m,dev=d" + i + " v=" + i + "i " + (START + i))
                                        .statusCode())
                        .isEqualTo(204);
                assertThat(
                                query(reading, "SELECT count(v), max(v) FROM m")
                                        .lines()
                                        .skip(1)
                                        .toList())
                        .containsExactly((i + 1) + "," + i);
            }
            HttpResponse<String> other = post(cluster.url(2), "m,dev=x v=1.5 1");
            assertThat(other.statusCode()).as(other.body()).isEqualTo(400);
            assertThat(query(cluster.url(1), "DROP MEASUREMENT m")).isNotNull();
            // a node that is asked is up to date, also with what writes need to know
            assertThat(query(cluster.url(0), "SHOW MEASUREMENTS").lines().toList()).hasSize(1);
            assertThat(post(cluster.url(0), "m,dev=x v=1.5 1").statusCode()).isEqualTo(204);
            assertThat(query(cluster.url(2), "SELECT v FROM m").lines().skip(1).toList())
                    .containsExactly("1.5");
        }
    }

    /// A backup leaves a node what it is in its cluster, and holds what all have acknowledged: a
    /// node alone starts on it.
    @Test
    void aNodeThatIsBackedUpGoesOnInItsCluster() throws Exception {
        Path backup = temporary.resolve("backup");
        try (var cluster = new ClusterProcesses(temporary)) {
            cluster.launchAll();
            for (int i = 0; i < 40; i++) {
                assertThat(
                                post(cluster.url(i % 3), "m,dev=d" + i + " v=" + i + "i " + START)
                                        .statusCode())
                        .isEqualTo(204);
            }
            String shards = shards(cluster.url(0));
            for (int node = 0; node < 3; node++) {
                query(cluster.url(node), "BACKUP TO '" + backup + node + "'");
            }
            assertThat(shards(cluster.url(0))).isEqualTo(shards).isNotEqualTo("0");
            for (int i = 40; i < 80; i++) {
                HttpResponse<String> answer =
                        post(cluster.url(i % 3), "m,dev=d" + i + " v=" + i + "i " + START);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
                assertThat(query(cluster.url((i + 1) % 3), "SELECT count(v) FROM m"))
                        .endsWith("\n" + (i + 1) + "\r\n");
            }
        }
        for (int node = 0; node < 3; node++) {
            Path data = temporary.resolve("restored" + node);
            try (TsdbProcess restore =
                    TsdbProcess.run(
                            temporary, "restore", backup.toString() + node, "--data=" + data)) {
                assertThat(restore.awaitEnd()).as(restore.errors()).isZero();
            }
            try (TsdbProcess alone = TsdbProcess.start(data)) {
                URI url = URI.create(alone.awaitReady());
                assertThat(query(url, "SELECT count(v), max(v) FROM m")).endsWith("\n40,39\r\n");
                assertThat(post(url, "m,dev=new v=1i " + START).statusCode()).isEqualTo(204);
            }
        }
    }

    /// How many logs a node knows of.
    private String shards(URI node) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(node.resolve("/api/v1/cluster/shards")).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body()
                .replaceAll("(?s).*\"rowCount\":(\\d+).*", "$1");
    }

    /// Sending it again would never help; the client is told what does.
    @Test
    void refusesMoreThanALogTakesAtOnceForGood() throws Exception {
        try (var cluster = new ClusterProcesses(temporary)) {
            cluster.launchAll();
            var lines = new StringBuilder();
            for (int i = 0; i < 10_000; i++) {
                lines.append("m,dev=a s=\"%s%d\" %d\n".formatted("x".repeat(1_000), i, START + i));
            }
            HttpResponse<String> refused = post(cluster.url(0), lines.toString());
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(413);
            assertThat(refused.body()).contains("send less in one request");
            assertThat(refused.headers().firstValue("Retry-After")).isEmpty();
            String half = lines.substring(0, lines.indexOf("\n", lines.length() / 2) + 1);
            assertThat(post(cluster.url(0), half).statusCode()).isEqualTo(204);
            String rest = lines.substring(half.length());
            assertThat(post(cluster.url(1), rest).statusCode()).isEqualTo(204);
            assertThat(query(cluster.url(2), "SELECT count(s) FROM m").lines().skip(1).toList())
                    .containsExactly("10000");
        }
    }

    /// Status, events and metrics of a node, before and after another one was killed.
    @Test
    void showsItselfFromOutside() throws Exception {
        try (var cluster = new ClusterProcesses(temporary)) {
            cluster.launchAll();
            assertThat(post(cluster.url(0), "m,dev=a v=1i " + START).statusCode()).isEqualTo(204);
            String status = command(cluster, "cluster", "status");
            assertThat(status.lines().filter(line -> line.matches("[0-9a-f]{16} .*")))
                    .hasSize(ClusterProcesses.SIZE);
            assertThat(status)
                    .containsPattern("(?m)^shard +role +leader ")
                    .containsPattern("(?m)^catalog +(leader|follower) .* ok$")
                    .containsPattern("(?m)^0 +(leader|follower) .* ok$")
                    .containsPattern("(?m)^1 +(leader|follower) .* ok$");
            assertThat(command(cluster, "cluster", "events")).contains(" leads shard 1");
            HttpResponse<String> metrics =
                    client.send(
                            HttpRequest.newBuilder(cluster.url(0).resolve("/metrics")).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(metrics.body())
                    .containsPattern("(?m)^tsdb_raft_term\\{shard=\"0\"\\} [1-9]")
                    .containsPattern("(?m)^tsdb_raft_log_syncs_total\\{shard=\"catalog\"\\} [1-9]")
                    .containsPattern("(?m)^tsdb_raft_log_bytes\\{shard=\"1\"\\} [1-9]");
            // nobody writes or asks: it is missed all the same
            cluster.process(2).kill();
            String after = command(cluster, "cluster", "status");
            while (!after.contains("  silent ")) {
                after = command(cluster, "cluster", "status");
            }
            assertThat(command(cluster, "cluster", "events")).contains("does not answer");
        }
    }

    /// What a command prints that asks node 0.
    private String command(ClusterProcesses cluster, String... words) throws Exception {
        var all = new ArrayList<>(List.of(words));
        all.add("--url=" + cluster.url(0));
        try (TsdbProcess process = TsdbProcess.run(temporary, all.toArray(String[]::new))) {
            assertThat(process.awaitEnd()).as(process.errors()).isZero();
            return process.output();
        }
    }

    /// Waits until `/ready` is answered so.
    private String awaitReady(URI node, int status) throws Exception {
        HttpRequest ready = HttpRequest.newBuilder(node.resolve("/ready")).build();
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        HttpResponse<String> answer = client.send(ready, HttpResponse.BodyHandlers.ofString());
        while (answer.statusCode() != status && System.nanoTime() - until < 0) {
            answer = client.send(ready, HttpResponse.BodyHandlers.ofString());
        }
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body();
    }

    /// Without a majority nothing is acknowledged and no answer is given that may be old, and
    /// whoever asks hears that the node is not ready; with it again, all goes on.
    @Test
    void saysSoWithoutAMajority() throws Exception {
        try (var cluster = new ClusterProcesses(temporary)) {
            cluster.launchAll();
            assertThat(post(cluster.url(0), "m,dev=a v=1i " + START).statusCode()).isEqualTo(204);
            cluster.process(1).kill();
            cluster.process(2).kill();
            HttpResponse<String> refused = post(cluster.url(0), "m,dev=a v=2i " + (START + 1));
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            HttpResponse<String> unanswered =
                    client.send(
                            HttpRequest.newBuilder(
                                            cluster.url(0).resolve("/api/v1/sql?db=c&q=SELECT+1"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(unanswered.statusCode()).isEqualTo(503);
            assertThat(unanswered.body()).contains("\"unavailable\"");
            HttpResponse<String> eventual =
                    client.send(
                            HttpRequest.newBuilder(
                                            cluster.url(0)
                                                    .resolve(
                                                            "/api/v1/sql?db=c&consistency=eventual"
                                                                + "&format=csv&q=SELECT+min(v)+FROM+m"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(eventual.body().lines().skip(1).toList()).containsExactly("1");
            assertThat(awaitReady(cluster.url(0), 503))
                    .contains("\"not ready\"", "no leader for", "the catalog, shard 0, shard 1");
            cluster.launch(1);
            cluster.awaitReady(1);
            assertThat(awaitReady(cluster.url(0), 200)).contains("\"ready\"");
            assertThat(post(cluster.url(0), "m,dev=a v=3i " + (START + 2)).statusCode())
                    .isEqualTo(204);
            assertThat(query(cluster.url(1), "SELECT max(v) FROM m").lines().skip(1).toList())
                    .containsExactly("3");
        }
    }
}
