package io.tsdb.loadgen.cluster;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Three nodes of tsdb as processes, with a network between them that can be cut.
final class ProxiedCluster implements AutoCloseable {
    static final int SIZE = 3;

    private static final Path BUILT = Path.of("..", "tsdb-cluster", "target").toAbsolutePath();
    private static final long SECONDS_MAX = 120;

    private final Path directory;
    private final List<Integer> httpPorts;
    private final List<List<Integer>> ports = new ArrayList<>();
    private final ProxyNetwork network;
    private final Map<Integer, Process> nodes = new HashMap<>();
    private final List<JumpingClock> clocks = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();

    /// Skips the test when tsdb is not built.
    static void assumeBuilt() {
        Assumptions.assumeTrue(
                Files.exists(BUILT.resolve("tsdb.options")),
                "tsdb is not built: run the tests from the root, or mvn package there first");
    }

    static ProxiedCluster inTime(Path directory) throws IOException {
        return new ProxiedCluster(directory, false);
    }

    /// One whose nodes have a [#clock] each.
    static ProxiedCluster withClocks(Path directory) throws IOException {
        return new ProxiedCluster(directory, true);
    }

    private ProxiedCluster(Path directory, boolean hasClocks) throws IOException {
        this.directory = directory;
        List<Integer> free = freePorts(3 * SIZE);
        this.httpPorts = free.subList(0, SIZE);
        for (int node = 0; node < SIZE; node++) {
            ports.add(List.of(free.get(SIZE + node), free.get(2 * SIZE + node)));
            if (hasClocks) {
                clocks.add(new JumpingClock(directory.resolve("clock-" + node)));
            }
        }
        this.network = new ProxyNetwork(ports);
    }

    private static List<Integer> freePorts(int count) throws IOException {
        var open = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < count; i++) {
                open.add(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")));
            }
            return open.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : open) {
                socket.close();
            }
        }
    }

    ProxyNetwork network() {
        return network;
    }

    String url(int node) {
        return "http://127.0.0.1:" + httpPorts.get(node);
    }

    JumpingClock clock(int node) {
        return clocks.get(node);
    }

    private Path log(int node) {
        return directory.resolve("node-" + node + ".log");
    }

    /// What a node has logged.
    String said(int node) {
        try {
            return "node " + node + ":\n" + Files.readString(log(node));
        } catch (IOException e) {
            return "node " + node + " has no log: " + e;
        }
    }

    private static String address(int node, int port) {
        return ProxyNetwork.name(node) + ":" + port;
    }

    private void launch(int node) throws IOException {
        Path hosts = directory.resolve("hosts-" + node);
        network.writeHosts(node, hosts);
        var seeds = new ArrayList<String>();
        for (int i = 0; i < SIZE; i++) {
            seeds.add(address(i, ports.get(i).get(0)));
        }
        var builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + BUILT.resolve("tsdb.options"),
                        "-Xmx512m",
                        "-XX:+UseParallelGC",
                        "-Djdk.net.hosts.file=" + hosts,
                        "-cp",
                        BUILT.resolve("lib") + "/*",
                        "io.tsdb.cluster.node.Main",
                        "start",
                        "--data=" + directory.resolve("node-" + node),
                        "--disk-reserve=1MiB",
                        "--flush-age=2s",
                        "--http=127.0.0.1:" + httpPorts.get(node),
                        "--line-tcp=127.0.0.1:0",
                        "--cluster",
                        "--cluster-shards=2",
                        "--cluster-seeds=" + String.join(",", seeds),
                        "--cluster-listen=" + address(node, ports.get(node).get(0)),
                        "--cluster-raft=" + address(node, ports.get(node).get(1)));
        builder.environment().keySet().removeIf(name -> name.startsWith("TSDB_"));
        builder.environment().put("TSDB_SYSTEM_METRICS", "off");
        if (!clocks.isEmpty()) {
            builder.environment().putAll(clock(node).environment());
        }
        nodes.put(
                node, builder.redirectErrorStream(true).redirectOutput(log(node).toFile()).start());
    }

    void launchAll() throws IOException, InterruptedException {
        for (int node = 0; node < SIZE; node++) {
            launch(node);
        }
        for (int node = 0; node < SIZE; node++) {
            awaitReady(node);
        }
    }

    /// Waits until a node says that it serves.
    void awaitReady(int node) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!isReady(node)) {
            if (!process(node).isAlive() || System.nanoTime() - end > 0) {
                throw new IllegalStateException("is not ready: " + said(node));
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    private boolean isReady(int node) throws InterruptedException {
        try {
            HttpRequest ready = HttpRequest.newBuilder(URI.create(url(node) + "/ready")).build();
            return http.send(ready, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private Process process(int node) {
        return Objects.requireNonNull(nodes.get(node));
    }

    /// Has a node give up what it leads.
    void handOver(int node) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url(node) + "/api/v1/cluster/hand-over"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.noBody())
                        .build();
        int status = http.send(request, BodyHandlers.discarding()).statusCode();
        if (status != 200) {
            throw new IOException("hand-over of node " + node + ": " + status);
        }
    }

    /// How far a node's time of day is ahead of this process's.
    Duration ahead(int node) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        url(node)
                                                + "/api/v1/sql?consistency=eventual&format=csv&q=SELECT%20now()"))
                        .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("SELECT now() at node " + node + ": " + answer.body());
        }
        return Duration.between(
                Instant.now(), Instant.parse(answer.body().lines().skip(1).findFirst().orElse("")));
    }

    /// Has every sync of a node's files take longer.
    ///
    /// @return what ends that
    SlowSyncs slowSyncs(int node, Duration longer) throws IOException {
        return SlowSyncs.of(process(node).pid(), longer);
    }

    /// SIGSTOP, SIGCONT and the like.
    void signal(int node, String signal) throws IOException, InterruptedException {
        String pid = Long.toString(process(node).pid());
        int status = new ProcessBuilder("kill", "-" + signal, pid).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("kill -" + signal + " " + pid + " ended with " + status);
        }
    }

    @Override
    public void close() throws IOException {
        nodes.values().forEach(process -> process.destroyForcibly().onExit().join());
        network.close();
        http.close();
    }
}
