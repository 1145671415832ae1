package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Members come and go while clients write: nothing that was acknowledged is lost, no write is
/// refused, and every shard is kept as often as it should be.
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ClusterMembersIT {
    private static final int REPLICAS = 3;

    /// Nodes that are restarted in turn: all of them in the profile `soak`. `ClusterUpgradeIT` does
    /// so in every run.
    private static final int RESTARTS = Integer.getInteger("tsdb.cluster.restarts", 1);

    @TempDir Path temporary;

    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void closeClient() {
        client.close();
    }

    private JsonNode map(URI node) throws Exception {
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(node.resolve("/api/v1/cluster")).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private String id(URI node) throws Exception {
        return map(node).path("self").asString();
    }

    private static List<String> replicas(JsonNode shard) {
        var members = new ArrayList<String>();
        shard.path("replicas").forEach(member -> members.add(member.asString()));
        return members;
    }

    /// How many shards a member keeps.
    private static long kept(JsonNode map, String member) {
        long count = 0;
        for (JsonNode shard : map.path("shards")) {
            count += replicas(shard).contains(member) ? 1 : 0;
        }
        return count;
    }

    private static boolean isWhole(JsonNode map) {
        for (JsonNode shard : map.path("shards")) {
            if (replicas(shard).size() != REPLICAS) {
                return false;
            }
        }
        return true;
    }

    /// Until it is so, as a node sees it, while writers go on.
    private void await(URI node, LoadWriter writer, Predicate<JsonNode> condition)
            throws Exception {
        while (!condition.test(map(node))) {
            writer.awaitAcknowledged(LoadWriter.BATCH_LINES);
        }
    }

    /// Nothing is on its way any more.
    private boolean isQuiet(URI node) throws Exception {
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(node.resolve("/api/v1/cluster/members")).build(),
                        HttpResponse.BodyHandlers.ofString());
        return !answer.body().matches("(?s).*(copy|add|leave|remove)\".*");
    }

    private void awaitQuiet(URI node, LoadWriter writer) throws Exception {
        while (!isQuiet(node)) {
            writer.awaitAcknowledged(LoadWriter.BATCH_LINES);
        }
    }

    private String command(URI node, String... words) throws Exception {
        var all = new ArrayList<>(List.of(words));
        all.add("--url=" + node);
        try (TsdbProcess process = TsdbProcess.run(temporary, all.toArray(String[]::new))) {
            int status = process.awaitEnd();
            assertThat(status).as(process.output() + process.errors()).isZero();
            return process.output();
        }
    }

    private static String[] quickly() {
        return new String[] {"--flush-age=2s", "--cluster-balance-after=1s", "--query-timeout=5s"};
    }

    @Test
    void aNodeComesAndAnotherGoesUnderLoad() throws Exception {
        try (var cluster = new ClusterProcesses(temporary, quickly())) {
            cluster.launchAll();
            URI first = cluster.url(0);
            String leaver = id(cluster.url(2));
            var one = new LoadWriter(client, "a", cluster, 0);
            var other = new LoadWriter(client, "b", cluster, 1);
            one.awaitAcknowledged(2_000);

            cluster.launch(3);
            URI comer = cluster.awaitReady(3);
            String joined = id(comer);
            await(first, one, map -> kept(map, joined) > 0 && isWhole(map));
            var third = new LoadWriter(client, "c", cluster, 3);
            third.awaitAcknowledged(500);

            command(first, "cluster", "drain", leaver);
            await(first, one, map -> kept(map, leaver) == 0 && isWhole(map));
            awaitQuiet(first, one);
            command(first, "cluster", "remove", leaver);
            await(first, one, map -> map.path("members").size() == 3);
            cluster.process(2).kill();
            one.awaitAcknowledged(1_000);
            other.awaitAcknowledged(1_000);
            third.awaitAcknowledged(1_000);

            long[] counts = {one.end(), other.end(), third.end()};
            for (int node : new int[] {0, 1, 3}) {
                one.check(cluster.url(node), counts[0]);
                other.check(cluster.url(node), counts[1]);
                third.check(cluster.url(node), counts[2]);
            }
            // also who has come since its start has its parts looked at
            assertThat(command(first, "check", "--cluster"))
                    .containsPattern("(?m)^whole: [1-9].* at 3 members$")
                    .doesNotContain("silent");
            System.out.println(
                    "ClusterMembersIT: 3 nodes, 4, 3: %d points acknowledged, 0 lost, 0 refused, longest waits %d, %d, %d ms"
                            .formatted(
                                    counts[0] + counts[1] + counts[2],
                                    one.gapMillisMax(),
                                    other.gapMillisMax(),
                                    third.gapMillisMax()));
        }
    }

    /// Row of the catalog in the table of shards: whether the node leads it.
    private boolean leadsCatalog(URI node) throws Exception {
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(node.resolve("/api/v1/cluster/shards")).build(),
                        HttpResponse.BodyHandlers.ofString());
        return answer.body().contains("[\"catalog\",\"leader\"");
    }

    /// Who decides is killed whenever something is on its way: whoever decides next goes on.
    @Test
    void whoDecidesMayBeKilledAtAnyStep() throws Exception {
        try (var cluster = new ClusterProcesses(temporary, quickly())) {
            cluster.launchAll();
            cluster.launch(3);
            cluster.awaitReady(3);
            var writer = new LoadWriter(client, "a", cluster, 0);
            writer.awaitAcknowledged(2_000);
            String last = id(cluster.url(3));
            await(cluster.url(0), writer, map -> kept(map, last) > 0 && isWhole(map));
            awaitQuiet(cluster.url(0), writer);
            String leaver = id(cluster.url(1));
            command(cluster.url(0), "cluster", "drain", leaver);
            for (int kills = 0; kills < 3 && kept(map(cluster.url(0)), leaver) > 0; ) {
                for (int node = 1; node < 4; node++) {
                    if (!isQuiet(cluster.url(0)) && leadsCatalog(cluster.url(node))) {
                        cluster.process(node).kill();
                        cluster.launch(node);
                        cluster.awaitReady(node);
                        kills++;
                    }
                }
                writer.awaitAcknowledged(LoadWriter.BATCH_LINES);
            }
            await(cluster.url(0), writer, map -> kept(map, leaver) == 0 && isWhole(map));
            awaitQuiet(cluster.url(0), writer);
            long count = writer.end();
            for (int node = 0; node < 4; node++) {
                writer.check(cluster.url(node), count);
            }
        }
    }

    /// The node that replicas are copied to is killed while they are on their way.
    @Test
    void whoIsCopiedToMayBeKilledMeanwhile() throws Exception {
        try (var cluster = new ClusterProcesses(temporary, quickly())) {
            cluster.launchAll();
            var writer = new LoadWriter(client, "a", cluster, 0);
            writer.awaitAcknowledged(2_000);
            cluster.launch(3);
            String comer = id(cluster.awaitReady(3));
            int kills = 0;
            while (kills < 2 && kept(map(cluster.url(0)), comer) == 0) {
                if (!isQuiet(cluster.url(0))) {
                    cluster.process(3).kill();
                    cluster.launch(3);
                    cluster.awaitReady(3);
                    kills++;
                }
                writer.awaitAcknowledged(LoadWriter.BATCH_LINES);
            }
            assertThat(kills).isPositive();
            await(cluster.url(0), writer, map -> kept(map, comer) > 0 && isWhole(map));
            awaitQuiet(cluster.url(0), writer);
            long count = writer.end();
            for (int node = 0; node < 4; node++) {
                writer.check(cluster.url(node), count);
            }
            System.out.printf(
                    "ClusterMembersIT: killed %d times while replicas came, %d points, 0 lost%n",
                    kills, count);
        }
    }

    @Test
    void anEmptiedDiskComesBackAsAnotherMember() throws Exception {
        try (var cluster = new ClusterProcesses(temporary, quickly())) {
            cluster.launchAll();
            String lost = id(cluster.url(2));
            var writer = new LoadWriter(client, "a", cluster, 0);
            writer.awaitAcknowledged(2_000);
            cluster.process(2).kill();
            delete(cluster.data(2));
            cluster.launch(2);
            String come = id(cluster.awaitReady(2));
            assertThat(come).isNotEqualTo(lost);
            await(
                    cluster.url(0),
                    writer,
                    map ->
                            kept(map, come) == map.path("shards").size()
                                    && isWhole(map)
                                    && map.path("members").size() == ClusterProcesses.SIZE);
            awaitQuiet(cluster.url(0), writer);
            long count = writer.end();
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                writer.check(cluster.url(node), count);
            }
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void othersKeepTheShardsOfANodeThatStaysAway() throws Exception {
        var settings = new ArrayList<>(List.of(quickly()));
        settings.add("--cluster-away-after=6s");
        try (var cluster = new ClusterProcesses(temporary, settings.toArray(String[]::new))) {
            cluster.launchAll();
            cluster.launch(3);
            String away = id(cluster.awaitReady(3));
            var writer = new LoadWriter(client, "a", cluster, 0);
            writer.awaitAcknowledged(1_000);
            await(cluster.url(0), writer, map -> kept(map, away) > 0 && isWhole(map));
            awaitQuiet(cluster.url(0), writer);
            cluster.process(3).kill();
            await(cluster.url(0), writer, map -> kept(map, away) == 0 && isWhole(map));
            cluster.launch(3);
            cluster.awaitReady(3);
            await(cluster.url(0), writer, map -> kept(map, away) > 0 && isWhole(map));
            awaitQuiet(cluster.url(0), writer);
            long count = writer.end();
            for (int node = 0; node < 4; node++) {
                writer.check(cluster.url(node), count);
            }
        }
    }

    /// It is killed and removed: once it never comes back, and once it does before it has given
    /// away what it kept.
    @Test
    void aSilentNodeMayBeRemoved() throws Exception {
        var settings = new ArrayList<>(List.of(quickly()));
        settings.add("--cluster-away-after=5s");
        try (var cluster = new ClusterProcesses(temporary, settings.toArray(String[]::new))) {
            cluster.launchAll();
            var writer = new LoadWriter(client, "a", cluster, 0);
            writer.awaitAcknowledged(1_000);
            for (boolean comesBack : new boolean[] {false, true}) {
                cluster.launch(3);
                String leaver = id(cluster.awaitReady(3));
                await(cluster.url(0), writer, map -> kept(map, leaver) > 0 && isWhole(map));
                awaitQuiet(cluster.url(0), writer);
                cluster.process(3).kill();
                command(cluster.url(0), "cluster", "remove", leaver);
                if (comesBack) {
                    cluster.launch(3);
                }
                await(
                        cluster.url(1),
                        writer,
                        map -> map.path("members").size() == ClusterProcesses.SIZE && isWhole(map));
                awaitQuiet(cluster.url(1), writer);
                if (!comesBack) {
                    cluster.launch(3);
                    assertThat(cluster.process(3).awaitEnd()).isNotZero();
                    assertThat(cluster.process(3).errors())
                            .contains("is no member of its cluster any more");
                }
                cluster.process(3).kill();
                delete(cluster.data(3));
            }
            long count = writer.end();
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                writer.check(cluster.url(node), count);
            }
        }
    }

    /// Each node in turn is stopped and started again: clients of the others get every answer.
    @Test
    void aRollingRestartIsNotNoticedAtOtherNodes() throws Exception {
        try (var cluster = new ClusterProcesses(temporary, quickly())) {
            cluster.launchAll();
            var gaps = new ArrayList<Long>();
            for (int node = 0; node < RESTARTS; node++) {
                int next = (node + 1) % ClusterProcesses.SIZE;
                int other = (node + 2) % ClusterProcesses.SIZE;
                var one = new LoadWriter(client, "r" + node + "a", cluster, next);
                var two = new LoadWriter(client, "r" + node + "b", cluster, other);
                one.awaitAcknowledged(500);
                two.awaitAcknowledged(500);
                cluster.process(node).terminate();
                one.awaitAcknowledged(500);
                two.awaitAcknowledged(500);
                cluster.launch(node);
                cluster.awaitReady(node);
                long[] counts = {one.end(), two.end()};
                one.check(cluster.url(node), counts[0]);
                two.check(cluster.url(node), counts[1]);
                gaps.add(Math.max(one.gapMillisMax(), two.gapMillisMax()));
            }
            System.out.println(
                    "ClusterMembersIT: rolling restart, 0 refused, longest waits %s ms"
                            .formatted(gaps));
        }
    }
}
