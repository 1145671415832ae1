package io.tsdb.cluster.node.demo;

import io.tsdb.cluster.node.client.SqlAnswer;
import io.tsdb.cluster.node.client.SqlClient;
import io.tsdb.cluster.node.client.SqlRefusedException;
import io.tsdb.storage.model.Ticker;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What `tsdb demo --cluster` shows: three nodes on this machine, clients that write to all of
/// them, one node that is killed and comes back, and that no acknowledged point is lost. One
/// thread.
public final class ClusterDemonstration implements AutoCloseable {
    private static final String DATABASE = "demo";
    private static final int NODES = 3;
    private static final int VICTIM = 1;
    private static final int SHARDS = 4;
    private static final int PORTS_EACH = 3;
    private static final long LOOK_EVERY_MILLIS = 1_000;
    private static final int ROUNDS_BEFORE = 4;
    private static final int ROUNDS_AFTER = 5;
    private static final int ACKNOWLEDGEMENTS_AFTER = 5;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final double NANOS = 1e9;

    private final Path directory;
    private final PrintWriter out;
    private final CountDownLatch stop;
    private final InstantSource clock;
    private final List<Integer> ports;
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final List<String> urls = new ArrayList<>();
    private final Ticker ticker;
    private final long startedNanos;
    private long lastPoints;
    private long lastNanos;

    /// @param directory empty
    /// @param stop ends the watching
    public ClusterDemonstration(
            Path directory,
            PrintWriter out,
            CountDownLatch stop,
            InstantSource clock,
            Ticker ticker)
            throws IOException {
        this.directory = directory;
        this.out = out;
        this.stop = stop;
        this.clock = clock;
        this.ticker = ticker;
        this.startedNanos = ticker.nanos();
        this.lastNanos = startedNanos;
        this.ports = freePorts(NODES * PORTS_EACH);
    }

    private static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        var ports = new ArrayList<Integer>();
        try {
            for (int i = 0; i < count; i++) {
                var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                ports.add(socket.getLocalPort());
            }
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
        return ports;
    }

    private String address(int node, int which) {
        return "127.0.0.1:" + ports.get(node * PORTS_EACH + which);
    }

    private NodeProcess launch(int node) throws IOException {
        var seeds = new ArrayList<String>();
        for (int i = 0; i < NODES; i++) {
            seeds.add(address(i, 1));
        }
        Path data = directory.resolve("node-" + (node + 1));
        Files.createDirectories(data);
        return NodeProcess.start(
                directory.resolve("node-" + (node + 1) + ".log"),
                List.of(
                        "--data=" + data,
                        "--http=" + address(node, 0),
                        "--line-tcp=off",
                        "--disk-reserve=64MiB",
                        "--cluster",
                        "--cluster-shards=" + SHARDS,
                        "--cluster-seeds=" + String.join(",", seeds),
                        "--cluster-listen=" + address(node, 1),
                        "--cluster-raft=" + address(node, 2)));
    }

    /// Shows all of it.
    ///
    /// @param time how long the load goes on after what there is to see; empty: until stopped
    /// @return whether every acknowledged point was there, whenever it was looked
    public boolean run(Optional<Duration> time) throws IOException, InterruptedException {
        for (int node = 0; node < NODES; node++) {
            nodes.add(launch(node));
        }
        for (NodeProcess node : nodes) {
            urls.add(node.awaitReady());
        }
        for (int node = 0; node < NODES; node++) {
            out.printf("node %d  %s  pid %d%n", node + 1, urls.get(node), nodes.get(node).pid());
        }
        out.printf(
                "%d shards, each on all three nodes; a write is acknowledged when two have it on"
                        + " disk.%n",
                SHARDS);
        out.printf("Three clients write, each to a node of its own:%n%n");
        out.flush();
        long now = clock.instant().getEpochSecond() * NANOS_PER_SECOND;
        boolean kept;
        try (var load = new ClusterLoad(urls, DATABASE, now, ticker)) {
            load.start();
            watch(load, ROUNDS_BEFORE);
            kept = killOne(load) && bringBack(load) && goOn(load, time);
        }
        return kept;
    }

    private void watch(ClusterLoad load, int rounds) throws InterruptedException {
        for (int i = 0; i < rounds && !stop.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS); i++) {
            show(load);
        }
    }

    private void show(ClusterLoad load) {
        long now = ticker.nanos();
        long points = load.acknowledged();
        out.printf(
                Locale.ROOT,
                "%6.1f s  %,12d points acknowledged  %,9.0f points/s%n",
                (now - startedNanos) / NANOS,
                points,
                (points - lastPoints) * NANOS / Math.max(1, now - lastNanos));
        out.flush();
        lastPoints = points;
        lastNanos = now;
    }

    private boolean killOne(ClusterLoad load) throws IOException, InterruptedException {
        long usual = load.takeLongestWaitMillis();
        int refusedBefore = load.refusedCount();
        out.printf("%nkill -9 %d (node %d)%n", nodes.get(VICTIM).pid(), VICTIM + 1);
        out.flush();
        nodes.get(VICTIM).kill();
        load.awaitMore(ACKNOWLEDGEMENTS_AFTER);
        watch(load, ROUNDS_AFTER);
        out.printf(
                Locale.ROOT,
                "%nThe gap: a client waited %,d ms at most for an acknowledgement (before: %,d)."
                        + " Writes refused: %d. Writes sent again since their node was gone: %d.%n",
                load.takeLongestWaitMillis(),
                usual,
                load.refusedCount() - refusedBefore,
                load.brokenCount());
        out.flush();
        return check(load, List.of(0, 2));
    }

    private boolean bringBack(ClusterLoad load) throws IOException, InterruptedException {
        if (stop.getCount() == 0) {
            return true;
        }
        out.printf("%nNode %d is started again, and catches up:%n", VICTIM + 1);
        out.flush();
        nodes.set(VICTIM, launch(VICTIM));
        nodes.get(VICTIM).awaitReady();
        watch(load, 2);
        return check(load, List.of(0, 1, 2));
    }

    private boolean goOn(ClusterLoad load, Optional<Duration> time)
            throws IOException, InterruptedException {
        out.printf("%nAsk it yourself: ./tsdb sql --url %s --db %s%n", urls.getFirst(), DATABASE);
        if (time.isPresent()) {
            stop.await(time.get().toMillis(), TimeUnit.MILLISECONDS);
        } else {
            out.println("The clients go on; Ctrl-C ends it.");
            out.flush();
            while (!stop.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                show(load);
            }
            return true; // the nodes heard Ctrl-C, too
        }
        load.finish();
        return check(load, List.of(0, 1, 2));
    }

    /// Asks nodes for all points: what was acknowledged before must be there.
    private boolean check(ClusterLoad load, List<Integer> asked)
            throws IOException, InterruptedException {
        boolean kept = true;
        for (int node : asked) {
            if (stop.getCount() == 0) {
                return kept;
            }
            long acknowledged = load.acknowledged();
            long sum = load.sum();
            long stored;
            long storedSum;
            try (var client = new SqlClient(urls.get(node), Optional.empty())) {
                SqlAnswer answer = client.query(DATABASE, "SELECT count(n), sum(n) FROM load");
                stored = Long.parseLong(answer.rows().getFirst().get(0));
                storedSum = Long.parseLong(answer.rows().getFirst().get(1));
            } catch (SqlRefusedException e) {
                throw new IOException("node " + (node + 1) + " refused: " + e.getMessage(), e);
            }
            boolean lost = stored < acknowledged || storedSum < sum;
            out.printf(
                    Locale.ROOT,
                    "Node %d has %,d points; %,d had been acknowledged before it was asked: %s%n",
                    node + 1,
                    stored,
                    acknowledged,
                    lost ? "POINTS ARE LOST" : "nothing is lost");
            kept &= !lost;
        }
        out.flush();
        return kept;
    }

    /// Ends the nodes.
    @Override
    public void close() {
        nodes.parallelStream().forEach(NodeProcess::close);
    }
}
