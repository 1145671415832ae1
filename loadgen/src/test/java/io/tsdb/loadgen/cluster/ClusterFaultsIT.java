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
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Partitions, pauses, bad links, slow disks, clocks that jump and leaders that change under load,
/// three nodes as processes: at a node that reaches the others writes go on, nothing that was
/// acknowledged is lost, no answer lacks any of it, and when it is over all nodes have all. The
/// checker of the load is `verify`.
///
/// `-Dtsdb.faults.seconds=S,S,...`: each fault so long, at each node in turn.
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class ClusterFaultsIT {
    private static final List<Duration> ROUNDS =
            Arrays.stream(System.getProperty("tsdb.faults.seconds", "6").split(","))
                    .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                    .toList();

    @TempDir Path directory = Path.of("");

    @BeforeAll
    static void isBuilt() {
        ProxiedCluster.assumeBuilt();
    }

    private static String run(int expected, String... arguments) {
        var text = new StringWriter();
        int status = Main.commandLine().setOut(new PrintWriter(text)).execute(arguments);
        assertThat(status).as(text.toString()).isEqualTo(expected);
        return text.toString();
    }

    @Test
    void losesNothingAndAnswersRightThroughAllButClocks() throws Exception {
        try (var cluster = ProxiedCluster.inTime(directory)) {
            goThrough(cluster, EnumSet.complementOf(EnumSet.of(Fault.CLOCK_JUMPS)));
        }
    }

    /// Apart from the others, since the library that sets the clocks stands between a node and the
    /// system.
    @Test
    void losesNothingAndAnswersRightWhenClocksJump() throws Exception {
        JumpingClock.assumePossible();
        try (var cluster = ProxiedCluster.withClocks(directory)) {
            goThrough(cluster, EnumSet.of(Fault.CLOCK_JUMPS));
        }
    }

    private void goThrough(ProxiedCluster cluster, Set<Fault> faults) throws Exception {
        cluster.launchAll();
        for (int round = 0; round < ROUNDS.size(); round++) {
            int node = round % ProxiedCluster.SIZE;
            for (Fault fault : faults) {
                if (fault == Fault.SLOW_DISK && !SlowSyncs.arePossible()) {
                    System.out.println("ClusterFaultsIT: no slow disk: no strace that may trace");
                    continue;
                }
                goThrough(cluster, fault, node, ROUNDS.get(round));
                node = (node + 1) % ProxiedCluster.SIZE;
            }
        }
    }

    private void goThrough(ProxiedCluster cluster, Fault fault, int node, Duration lasts)
            throws Exception {
        // of measurement, database and ledger
        String name = fault.name().toLowerCase(Locale.ROOT) + lasts.toSeconds();
        int reaching = (node + 2) % ProxiedCluster.SIZE; // both others, or in a bridge
        String ledger = directory.resolve(name + ".ledger").toString();
        try (var background = Executors.newSingleThreadExecutor();
                var counting = new CountingClient(cluster, name, reaching)) {
            counting.awaitAcknowledged(500);
            counting.takeGapMillis();
            Future<String> loaded =
                    background.submit(() -> load(cluster, reaching, name, ledger, lasts));
            Fault.Ending ending = fault.begin(cluster, node, lasts, name.hashCode());
            counting.awaitAcknowledged(1_000);
            long gap = counting.takeGapMillis();
            loaded.get(); // as long as the fault is to last
            long healing = System.nanoTime();
            ending.end();
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
                    "ClusterFaultsIT: %s for %d s, node %d: %s; longest wait for an answer %d ms,"
                            + " the node answers %d ms after it is over%n",
                    fault, lasts.toSeconds(), node, counting.counts(), gap, healed);
        }
    }

    private static String said(ProxiedCluster cluster) {
        return cluster.said(0) + cluster.said(1) + cluster.said(2);
    }

    private static String load(
            ProxiedCluster cluster, int node, String database, String ledger, Duration lasts) {
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
                lasts.toSeconds() + "s",
                "--retry-for",
                "60s");
    }

    private static String verify(ProxiedCluster cluster, int node, String ledger) {
        return run(0, "verify", "--url", cluster.url(node), "--ledger", ledger, "--series", "5");
    }
}
