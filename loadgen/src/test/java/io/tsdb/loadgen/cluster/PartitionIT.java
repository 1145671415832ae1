package io.tsdb.loadgen.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.loadgen.Main;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Partitions and pauses under load, three nodes as processes: at a node that reaches the others
/// writes go on, nothing that was acknowledged is lost, no answer lacks any of it, and when it is
/// over all nodes have all. The checker of the load is `verify`.
///
/// `-Dtsdb.partition.rounds=N -Dtsdb.partition.seconds=S`: each fault so often, at each node in
/// turn, and so long.
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class PartitionIT {
    private static final int ROUNDS = Integer.getInteger("tsdb.partition.rounds", 1);
    private static final int SECONDS = Integer.getInteger("tsdb.partition.seconds", 6);

    @TempDir Path directory = Path.of("");

    /// What happens to a node, or between it and the next one.
    private enum Fault {
        /// Neither hears nor is heard.
        ISOLATED,
        /// Hears, and is not heard.
        MUTE,
        /// Is heard, and does not hear.
        DEAF,
        /// It and the next one have lost each other; the third one reaches both.
        BRIDGED,
        /// Stands still for a while, and knows nothing of it.
        PAUSED
    }

    @BeforeAll
    static void isBuilt() {
        ProxiedCluster.assumeBuilt();
    }

    private static void begin(ProxiedCluster cluster, Fault fault, int node) throws Exception {
        int next = (node + 1) % ProxiedCluster.SIZE;
        int last = (node + 2) % ProxiedCluster.SIZE;
        ProxyNetwork network = cluster.network();
        switch (fault) {
            case ISOLATED -> {
                for (int other : new int[] {next, last}) {
                    network.cut(node, other);
                    network.cut(other, node);
                }
            }
            case MUTE -> {
                network.cut(node, next);
                network.cut(node, last);
            }
            case DEAF -> {
                network.cut(next, node);
                network.cut(last, node);
            }
            case BRIDGED -> {
                network.cut(node, next);
                network.cut(next, node);
            }
            case PAUSED -> cluster.signal(node, "STOP");
        }
    }

    private static void end(ProxiedCluster cluster, Fault fault, int node) throws Exception {
        if (fault == Fault.PAUSED) {
            cluster.signal(node, "CONT");
        }
        cluster.network().heal();
    }

    private static String run(int expected, String... arguments) {
        var text = new StringWriter();
        int status = Main.commandLine().setOut(new PrintWriter(text)).execute(arguments);
        assertThat(status).as(text.toString()).isEqualTo(expected);
        return text.toString();
    }

    @Test
    void losesNothingAndAnswersRightThroughPartitionsAndPauses() throws Exception {
        try (var cluster = new ProxiedCluster(directory)) {
            cluster.launchAll();
            int node = 0;
            for (int round = 0; round < ROUNDS; round++) {
                for (Fault fault : Fault.values()) {
                    goThrough(cluster, fault, node, fault.name().toLowerCase(Locale.ROOT) + round);
                    node = (node + 1) % ProxiedCluster.SIZE;
                }
            }
        }
    }

    /// @param name of measurement, database and ledger
    private void goThrough(ProxiedCluster cluster, Fault fault, int node, String name)
            throws Exception {
        int reaching = (node + 2) % ProxiedCluster.SIZE; // both others, or in a bridge
        String ledger = directory.resolve(name + ".ledger").toString();
        try (var background = Executors.newSingleThreadExecutor();
                var counting = new CountingClient(cluster, name, reaching)) {
            counting.awaitAcknowledged(500);
            counting.takeGapMillis();
            Future<String> loaded = background.submit(() -> load(cluster, reaching, name, ledger));
            begin(cluster, fault, node);
            counting.awaitAcknowledged(1_000);
            long gap = counting.takeGapMillis();
            loaded.get(); // as long as the fault is to last
            long healing = System.nanoTime();
            end(cluster, fault, node);
            while (counting.faults().isEmpty() && !counting.ask(node)) {
                Thread.onSpinWait();
            }
            long healed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - healing);
            counting.awaitAcknowledged(500);
            counting.end();
            assertThat(counting.faults())
                    .as(() -> fault + " of node " + node + "\n" + said(cluster))
                    .isEmpty();
            for (int asked = 0; asked < ProxiedCluster.SIZE; asked++) {
                String verified = verify(cluster, asked, ledger);
                assertThat(verified)
                        .as("%s of node %d, node %d", fault, node, asked)
                        .contains("lost 0, invented 0, different 0");
            }
            System.out.printf(
                    "PartitionIT: %s, node %d: %s; longest wait for an answer %d ms, the node"
                            + " answers %d ms after it is over%n",
                    fault, node, counting.counts(), gap, healed);
        }
    }

    private static String said(ProxiedCluster cluster) {
        return cluster.said(0) + cluster.said(1) + cluster.said(2);
    }

    private static String load(ProxiedCluster cluster, int node, String database, String ledger) {
        return run(
                0,
                "load",
                "--quiet",
                "--url",
                cluster.url(node),
                "--db",
                database,
                "--ledger",
                ledger,
                "--workload",
                "sensors",
                "--scale",
                "20",
                "--span",
                "10h",
                "--batch",
                "50",
                "--rate",
                "1000",
                "--duration",
                SECONDS + "s",
                "--retry-for",
                "60s");
    }

    private static String verify(ProxiedCluster cluster, int node, String ledger) {
        return run(0, "verify", "--url", cluster.url(node), "--ledger", ledger, "--series", "5");
    }
}
