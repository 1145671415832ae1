package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Flushes, merges and deletes go by the log, so three nodes come to the same parts, byte by byte.
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class ClusterPartsIT {
    private static final int ROUNDS = 10;
    private static final int BUSY_ROUNDS = 300;

    @TempDir Path temporary;

    @Test
    void replicasFlushMergeAndDeleteAlike() throws Exception {
        try (var cluster = new ClusterProcesses(temporary, "--flush-age=500ms");
                var parts = new ClusterParts(cluster)) {
            cluster.launchAll();
            for (int round = 0; round < ROUNDS; round++) {
                parts.write(round % 3, round);
                parts.awaitSame();
            }
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                assertThat(parts.metric(node, "tsdb_compactions_total")).isPositive();
            }
            int all = ROUNDS * ClusterParts.lines();
            long gone = Long.parseLong(parts.query(1, "SELECT count(*) FROM m WHERE dev = 'd3'"));
            assertThat(parts.query(1, "DELETE FROM m WHERE dev = 'd3'"))
                    .isEqualTo(Long.toString(gone));
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                assertThat(parts.query(node, "SELECT count(*) FROM m"))
                        .as("node %d", node)
                        .isEqualTo(Long.toString(all - gone));
            }
            // what is deleted stays so when it is merged, and at a node that was away
            cluster.process(2).kill();
            assertThat(parts.query(0, "DELETE FROM m WHERE dev = 'd4' AND x < 3"))
                    .isNotEqualTo("0");
            parts.write(0, ROUNDS);
            cluster.launch(2);
            cluster.awaitReady(2);
            parts.write(2, ROUNDS + 1);
            assertThat(parts.awaitSame()).isNotEmpty();
            String left = parts.query(0, "SELECT count(*), sum(v), sum(x) FROM m");
            assertThat(parts.query(1, "SELECT count(*), sum(v), sum(x) FROM m")).isEqualTo(left);
            assertThat(parts.query(2, "SELECT count(*), sum(v), sum(x) FROM m")).isEqualTo(left);
            assertThat(parts.query(2, "SELECT count(*) FROM m WHERE dev = 'd4' AND x < 3"))
                    .isEqualTo("0");
        }
    }

    /// Flushes and merges of several measurements run side by side, in another order at each node,
    /// while new fields come, of which each node hears at another moment: the parts are the same
    /// all the same, by their numbers too.
    @Test
    void replicasComeToTheSamePartsWhileTheyAreBusy() throws Exception {
        try (var cluster = new ClusterProcesses(temporary, "--flush-age=100ms");
                var parts = new ClusterParts(cluster)) {
            cluster.launchAll();
            for (int round = 0; round < BUSY_ROUNDS; round++) {
                parts.writeGrowing(round % ClusterProcesses.SIZE, "m" + round % 5, round);
            }
            parts.awaitSame();
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                assertThat(parts.metric(node, "tsdb_compactions_total")).isPositive();
            }
        }
    }
}
