package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.log.NodeLog;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// When a node says that it cannot have writes acknowledged, and when it does not say so any more.
class WriteReachTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Set<Integer> leaderless = new TreeSet<>();
    private final WriteReach reach =
            new WriteReach(
                    new WriteReach.Seen() {
                        @Override
                        public int shardCount() {
                            return 6;
                        }

                        @Override
                        public boolean hasLeader(int log) {
                            return !leaderless.contains(log);
                        }
                    });

    /// Nobody leads for two or three seconds, again and again.
    @Test
    void anElectionIsNoMatter() {
        for (long second = 0; second < 60; second++) {
            leaderless.clear();
            if (second % 4 != 0) {
                leaderless.add(0);
            }
            reach.look(second * SECOND);
            assertThat(reach.lack(second * SECOND)).as("second %d", second).isEmpty();
        }
    }

    @Test
    void saysWhatLacksALeaderForLongerAndNoMoreOnceItHasOne() {
        long began = -3 * SECOND; // a ticker may say anything
        leaderless.addAll(List.of(1, NodeLog.CATALOG));
        reach.look(began);
        reach.look(began + 4 * SECOND);
        long bound = began + WriteReach.LEADERLESS_NANOS_MAX;
        assertThat(reach.lack(bound)).isEmpty();
        assertThat(reach.lack(bound + 1))
                .contains(
                        "writes are not acknowledged here: no leader for 5 s of the catalog, shard"
                                + " 1; is a majority there?");
        leaderless.remove(NodeLog.CATALOG);
        reach.look(bound + SECOND);
        assertThat(reach.lack(bound + SECOND))
                .hasValueSatisfying(
                        text ->
                                assertThat(text)
                                        .contains("for 6 s of shard 1")
                                        .doesNotContain("catalog"));
        leaderless.clear();
        reach.look(bound + 2 * SECOND);
        assertThat(reach.lack(bound + 2 * SECOND)).isEmpty();
        leaderless.add(1);
        reach.look(bound + 3 * SECOND);
        assertThat(reach.lack(bound + 7 * SECOND)).as("counted anew").isEmpty();
    }

    @Test
    void countsManyShards() {
        leaderless.addAll(List.of(0, 1, 2, 3));
        reach.look(0);
        assertThat(reach.lack(9 * SECOND))
                .hasValueSatisfying(text -> assertThat(text).contains("for 9 s of 4 shards;"));
    }
}
