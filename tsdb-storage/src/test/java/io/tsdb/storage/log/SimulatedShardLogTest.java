package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// The contract, against a log with the troubles of a replica.
class SimulatedShardLogTest extends AbstractShardLogTest {
    private final SimulatedLog.Group group = new SimulatedLog.Group();
    private long seed = Long.getLong("tsdb.seed", 1);

    @Override
    protected NodeLog open() {
        return new SimulatedLog(group, seed++);
    }

    @Override
    protected void keepsItsOrderThroughTrimsAndRestarts() throws Exception {
        // other nodes' entries repeat their value: only the indexes can be compared
        long appliedIndex = 0;
        for (int run = 0; run < 20; run++) {
            var applied = new Applied();
            try (NodeLog log = started(appliedIndex, applied)) {
                append(log, applied, 1, 10);
                log.shard(0).trimTo(appliedIndex);
            }
            if (!applied.indexes().isEmpty()) {
                assertThat(applied.indexes().getFirst()).isEqualTo(appliedIndex + 1);
                assertThat(applied.indexes()).isSorted().doesNotHaveDuplicates();
                appliedIndex = applied.indexes().getLast();
            }
        }
    }

    /// Entries of other nodes, failed appends that are committed, and failed ones that are not: the
    /// simulation really has its troubles.
    @Test
    void hasTheTroublesOfAReplica() throws Exception {
        var applied = new Applied();
        try (NodeLog log = started(0, applied)) {
            append(log, applied, 1, 300);
        }
        assertThat(applied.values()).contains(SimulatedLog.OTHERS);
        var failed =
                applied.told.stream()
                        .filter(line -> line.startsWith("failed "))
                        .map(line -> Long.parseLong(line.split(" ")[1]))
                        .toList();
        assertThat(failed).isNotEmpty();
        assertThat(failed.stream().filter(applied.values()::contains)).isNotEmpty();
        assertThat(failed.stream().filter(value -> !applied.values().contains(value))).isNotEmpty();
    }

    /// Behind its snapshot, a log that was trimmed further cannot be made up for.
    @Test
    void refusesToStartBehindAGap() throws Exception {
        var applied = new Applied();
        try (NodeLog log = started(0, applied)) {
            append(log, applied, 1, 50);
            log.shard(0).trimTo(20);
        }
        assertThatThrownBy(() -> started(5, new Applied())).hasMessageContaining("log begins at");
    }
}
