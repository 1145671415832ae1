package io.tsdb.cluster.node.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.raft.FreePorts;
import io.tsdb.cluster.rebalance.Joining;
import io.tsdb.cluster.rpc.Greeting;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Program;
import io.tsdb.storage.io.LocalFileStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Nodes of a cluster in one process: members come and go, and what was written stays.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ClusterNodesTest {
    private static final int FIRST = 3;
    private static final int NODES = 4;
    private static final int POINTS = 100;

    @TempDir Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<Integer, Node> nodes = new HashMap<>();
    private List<Integer> ports = List.of();
    private long written;

    @AfterEach
    void close() {
        nodes.values().forEach(Node::close);
        client.close();
    }

    private Node open(int node) throws Exception {
        return open(node, new Program("0.0.0", Levels.CURRENT));
    }

    private Node open(int node, Program program) throws Exception {
        var seeds = new ArrayList<String>();
        for (int first = 0; first < FIRST; first++) {
            seeds.add("127.0.0.1:" + ports.get(2 * first));
        }
        var options = new EnumMap<ConfigKey, String>(ConfigKey.class);
        options.put(ConfigKey.DATA, directory.resolve("node-" + node).toString());
        options.put(ConfigKey.HTTP, "127.0.0.1:0");
        options.put(ConfigKey.LINE_TCP, "off");
        options.put(ConfigKey.DISK_RESERVE, "1MiB");
        options.put(ConfigKey.SYSTEM_METRICS, "off");
        options.put(ConfigKey.QUERY_TIMEOUT, "10s");
        options.put(ConfigKey.CLUSTER, "true");
        options.put(ConfigKey.CLUSTER_SHARDS, "2");
        options.put(ConfigKey.CLUSTER_BALANCE_AFTER, "1s");
        options.put(ConfigKey.CLUSTER_SEEDS, String.join(",", seeds));
        options.put(ConfigKey.CLUSTER_LISTEN, "127.0.0.1:" + ports.get(2 * node));
        options.put(ConfigKey.CLUSTER_RAFT, "127.0.0.1:" + ports.get(2 * node + 1));
        var sources = ConfigSources.resolve(Optional.empty(), Map.of(), options);
        Node started = Node.start(NodeConfig.from(sources), Clock.systemUTC(), program);
        started.settingsFrom(sources, () -> sources);
        return started;
    }

    private void openFirst() throws Exception {
        openFirst(new Program("0.0.0", Levels.CURRENT));
    }

    private void openFirst(Program program) throws Exception {
        ports = FreePorts.take(2 * NODES);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var starts = new ArrayList<Future<Node>>();
            for (int node = 0; node < FIRST; node++) {
                int number = node;
                starts.add(threads.submit(() -> open(number, program)));
            }
            for (int node = 0; node < FIRST; node++) {
                nodes.put(node, starts.get(node).get());
            }
        }
    }

    private URI url(int node) {
        return URI.create(Objects.requireNonNull(nodes.get(node)).url());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private void write(int node) throws Exception {
        var lines = new StringBuilder();
        for (long i = written; i < written + POINTS; i++) {
            lines.append("m,dev=d%d v=%di %d\n".formatted(i % 10, i, 1_000_000L * i));
        }
        HttpResponse<String> answer =
                send(
                        HttpRequest.newBuilder(url(node).resolve("/write?db=c"))
                                .POST(HttpRequest.BodyPublishers.ofString(lines.toString())));
        assertThat(answer.statusCode()).as("at node %d: %s", node, answer.body()).isEqualTo(204);
        written += POINTS;
    }

    /// A node has all that was written, once.
    private void check(int node) throws Exception {
        String sql = URLEncoder.encode("SELECT count(v), sum(v) FROM m", StandardCharsets.UTF_8);
        HttpResponse<String> answer =
                send(
                        HttpRequest.newBuilder(
                                url(node).resolve("/api/v1/sql?db=c&format=csv&q=" + sql)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body().lines().skip(1).toList())
                .as("at node %d", node)
                .containsExactly(written + "," + written * (written - 1) / 2);
    }

    private JsonNode get(int node, String path) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(url(node).resolve(path)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private String id(int node) throws Exception {
        return get(node, "/api/v1/cluster").path("self").asString();
    }

    /// Row of a member: what it is, how many shards it keeps, what is on its way.
    private Optional<JsonNode> member(int node, String id) throws Exception {
        for (JsonNode row : get(node, "/api/v1/cluster/members").path("rows")) {
            if (row.path(0).asString().equals(id)) {
                return Optional.of(row);
            }
        }
        return Optional.empty();
    }

    /// Until a member keeps so many shards and nothing is on its way to it or from it; writes go
    /// on.
    private void awaitKept(int node, String id, long shards) throws Exception {
        JsonNode row = member(node, id).orElseThrow();
        while (row.path(3).asLong(-1) != shards || !row.path(4).asString().isEmpty()) {
            write(node);
            row = member(node, id).orElseThrow();
        }
    }

    private void wish(int node, String id, String wish) throws Exception {
        HttpResponse<String> answer =
                send(
                        HttpRequest.newBuilder(url(node).resolve("/api/v1/cluster/members"))
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                "{\"member\":\"%s\",\"wish\":\"%s\"}"
                                                        .formatted(id, wish))));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /// A process that has ended has no ports any more; a node that is closed has none a moment
    /// later.
    private void stop(int node) {
        Objects.requireNonNull(nodes.remove(node)).close();
        awaitPorts(node);
    }

    private void awaitPorts(int node) {
        while (!isFree(ports.get(2 * node)) || !isFree(ports.get(2 * node + 1))) {
            Thread.onSpinWait();
        }
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress("127.0.0.1", port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private int level(int node) throws Exception {
        return get(node, "/api/v1/cluster").path("level").asInt();
    }

    /// One node after the other, as an upgrade does it; the level follows the last one, and what is
    /// too old then is not let in any more.
    @Test
    void twoVersionsAreOneClusterUntilTheLastMemberIsUpgraded() throws Exception {
        var older = new Program("0.0.1", new Levels(1, 1));
        var newer = new Program("0.0.2", new Levels(1, 2));
        openFirst(older);
        write(0);
        for (int node = 0; node < FIRST; node++) {
            assertThat(level(node)).isEqualTo(1);
            stop(node);
            nodes.put(node, open(node, newer));
            write(node);
            check((node + 1) % FIRST);
        }
        for (int node = 0; node < FIRST; node++) {
            while (level(node) < 2) {
                write(node);
            }
            JsonNode cluster = get(node, "/api/v1/cluster");
            assertThat(cluster.path("behind")).isEmpty();
            cluster.path("members")
                    .forEach(one -> assertThat(one.path("version").asString()).isEqualTo("0.0.2"));
            assertThat(get(node, "/api/v1/cluster/events").toString())
                    .contains("\"level\",\"the cluster is at level 2\"");
        }
        stop(2);
        for (int tooOld : new int[] {2, 3}) { // one that was a member, and one that would be
            assertThatThrownBy(() -> open(tooOld, older))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("too old for its cluster, which is at level 2")
                    .hasMessageContaining("install the version that the other members run");
        }
        awaitPorts(2);
        nodes.put(2, open(2, newer));
        write(2);
        check(2);
    }

    /// It runs at the cluster's level, and says of whom that is.
    @Test
    void aNewerNodeJoinsAnOlderCluster() throws Exception {
        openFirst(new Program("0.0.1", new Levels(1, 1)));
        nodes.put(3, open(3, new Program("0.0.2", new Levels(1, 2))));
        awaitKept(0, id(3), 1);
        check(3);
        JsonNode cluster = get(3, "/api/v1/cluster");
        assertThat(cluster.path("level").asInt()).isEqualTo(1);
        assertThat(cluster.path("behind")).hasSize(FIRST);
        JsonNode row = member(0, id(3)).orElseThrow();
        assertThat(row.path(7).asString() + " " + row.path(8).asString()).isEqualTo("0.0.2 1-2");
    }

    /// One that has asked, and died, or whose address the others do not reach.
    @Test
    void whoIsNotReachedWhileItJoinsHoldsUpNobody() throws Exception {
        openFirst();
        List<Integer> closed = FreePorts.take(2);
        var ghost =
                new Member(
                        "ghost",
                        new Address("127.0.0.1", closed.get(0)),
                        new Address("127.0.0.1", closed.get(1)));
        Joining.run(
                new LocalFileStore(),
                directory.resolve("ghost"),
                new Greeting(ghost, 2, 3, Optional.empty()),
                new Program("0.0.0", Levels.CURRENT),
                new InetSocketAddress("127.0.0.1", ports.getFirst()),
                NodeSockets.PLAIN);
        assertThat(member(0, "ghost").orElseThrow().path(2).asString()).isEqualTo("joining");
        nodes.put(3, open(3)); // ready only when it is taken
        awaitKept(0, id(3), 1);
        assertThat(member(0, "ghost").orElseThrow().path(2).asString()).isEqualTo("joining");
        wish(1, "ghost", "remove");
        while (member(0, "ghost").isPresent()) {
            write(1);
        }
        for (int node = 0; node < NODES; node++) {
            write(node);
            check(node);
        }
    }

    @Test
    void aNodeComesAndAnotherGoes() throws Exception {
        openFirst();
        for (int round = 0; round < 10; round++) {
            write(round % FIRST);
        }
        nodes.put(3, open(3));
        check(3);
        write(3);
        String comer = id(3);
        awaitKept(0, comer, 1);
        for (int node = 0; node < NODES; node++) {
            write(node);
            check(node);
        }
        String leaver = id(2);
        wish(1, leaver, "drain");
        awaitKept(0, leaver, 0);
        wish(3, leaver, "remove");
        while (member(0, leaver).isPresent()) {
            write(1);
        }
        Objects.requireNonNull(nodes.remove(2)).close();
        for (int node : new int[] {0, 1, 3}) {
            write(node);
            check(node);
        }
        // two of three are a majority: what has moved is really there
        Objects.requireNonNull(nodes.remove(0)).close();
        write(3);
        check(3);
        check(1);
    }
}
