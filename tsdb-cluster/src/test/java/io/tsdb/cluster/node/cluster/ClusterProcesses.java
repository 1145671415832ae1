package io.tsdb.cluster.node.cluster;

import io.tsdb.cluster.node.TsdbProcess;
import io.tsdb.cluster.raft.FreePorts;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Three nodes of a cluster as processes of their own, on this machine, and some that may join them
/// later.
public final class ClusterProcesses implements AutoCloseable {
    public static final int SIZE = 3;

    /// With those that join later.
    private static final int NODES_MAX = 5;

    private final Path directory;
    private final List<Integer> dataPorts;
    private final List<Integer> raftPorts;
    private final List<String> more;
    private final Map<Integer, TsdbProcess> nodes = new HashMap<>();
    private final Map<Integer, URI> urls = new HashMap<>();

    /// @param more settings of each node
    public ClusterProcesses(Path directory, String... more) throws IOException {
        List<Integer> ports = FreePorts.take(2 * NODES_MAX);
        this.directory = directory;
        this.dataPorts = ports.subList(0, NODES_MAX);
        this.raftPorts = ports.subList(NODES_MAX, 2 * NODES_MAX);
        this.more = List.of(more);
    }

    Path data(int node) {
        return directory.resolve("node-" + node);
    }

    public int dataPort(int node) {
        return dataPorts.get(node);
    }

    int raftPort(int node) {
        return raftPorts.get(node);
    }

    /// A node that is none of these, and asks the first two to be taken for the third.
    ///
    /// @param data new
    /// @param more settings of it alone
    TsdbProcess stranger(Path data, String... more) throws IOException {
        List<Integer> ports = FreePorts.take(2);
        var arguments =
                new ArrayList<>(
                        List.of(
                                "--cluster",
                                "--cluster-shards=2",
                                "--cluster-seeds=127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d"
                                        .formatted(
                                                dataPorts.get(0), dataPorts.get(1), ports.get(0)),
                                "--cluster-listen=127.0.0.1:" + ports.get(0),
                                "--cluster-raft=127.0.0.1:" + ports.get(1)));
        arguments.addAll(List.of(more));
        return TsdbProcess.start(data, arguments.toArray(String[]::new));
    }

    /// One from [#SIZE] on knows of the first ones, and joins them.
    public void launch(int node) throws IOException {
        nodes.put(node, TsdbProcess.start(data(node), arguments(node)));
    }

    /// With a program that is older than this one.
    void launchOlder(int node) throws IOException {
        nodes.put(node, TsdbProcess.startAs(OlderProgram.class, data(node), arguments(node)));
    }

    private String[] arguments(int node) {
        var seeds = new ArrayList<String>();
        dataPorts.subList(0, SIZE).forEach(port -> seeds.add("127.0.0.1:" + port));
        var arguments =
                new ArrayList<>(
                        List.of(
                                "--cluster",
                                "--cluster-shards=2",
                                "--cluster-seeds=" + String.join(",", seeds),
                                "--cluster-listen=127.0.0.1:" + dataPorts.get(node),
                                "--cluster-raft=127.0.0.1:" + raftPorts.get(node)));
        arguments.addAll(more);
        return arguments.toArray(String[]::new);
    }

    public void launchAll() throws IOException, InterruptedException {
        for (int node = 0; node < SIZE; node++) {
            launch(node);
        }
        for (int node = 0; node < SIZE; node++) {
            awaitReady(node);
        }
    }

    public URI awaitReady(int node) throws InterruptedException {
        URI url = URI.create(process(node).awaitReady());
        urls.put(node, url);
        return url;
    }

    public TsdbProcess process(int node) {
        return Objects.requireNonNull(nodes.get(node));
    }

    public URI url(int node) {
        return Objects.requireNonNull(urls.get(node));
    }

    @Override
    public void close() {
        nodes.values().forEach(TsdbProcess::close);
    }
}
