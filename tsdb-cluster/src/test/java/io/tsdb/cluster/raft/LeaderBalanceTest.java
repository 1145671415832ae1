package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.shardmap.Placement;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The lead goes back one shard at a time, and to members that were there all the while.
class LeaderBalanceTest {
    private static final long SETTLED = 1_000;

    private final Placement placement =
            new Placement(0, List.of(List.of("b", "a"), List.of("b", "a"), List.of("a", "b")));
    private final Set<Integer> led = new HashSet<>(List.of(0, 1, 2));
    private final Set<String> upToDate = new HashSet<>(List.of("b"));
    private final List<Integer> transferred = new ArrayList<>();
    private CompletableFuture<Void> transfer = new CompletableFuture<>();

    private final LeaderBalance balance =
            new LeaderBalance(
                    () -> placement,
                    "a",
                    new LeaderBalance.Lead() {
                        @Override
                        public boolean isLeader(int shard) {
                            return led.contains(shard);
                        }

                        @Override
                        public boolean isUpToDate(int shard, String member) {
                            return upToDate.contains(member);
                        }

                        @Override
                        public CompletableFuture<Void> transfer(int shard, String member) {
                            assertThat(member).isEqualTo("b");
                            transferred.add(shard);
                            return transfer;
                        }
                    },
                    SETTLED);

    private void look(long now) {
        balance.look(List.of(0, 1, 2), now);
    }

    @Test
    void handsOnOneShardAtATimeAndKeepsItsOwn() {
        look(0);
        assertThat(transferred).isEmpty();
        look(SETTLED);
        look(SETTLED + 1);
        assertThat(transferred).containsExactly(0);
        led.remove(0);
        transfer.complete(null);
        look(SETTLED + 2);
        assertThat(transferred).containsExactly(0, 1);
        led.remove(1);
        look(5 * SETTLED);
        look(9 * SETTLED);
        assertThat(transferred).containsExactly(0, 1);
    }

    /// It comes and goes: its time begins again.
    @Test
    void waitsForAMemberThatStays() {
        look(0);
        upToDate.clear();
        look(SETTLED - 1);
        upToDate.add("b");
        look(SETTLED);
        look(2 * SETTLED - 1);
        assertThat(transferred).isEmpty();
        look(2 * SETTLED);
        assertThat(transferred).containsExactly(0);
    }

    @Test
    void triesAgainWhenItWasNotTaken() {
        look(0);
        look(SETTLED);
        transfer.completeExceptionally(new IllegalStateException("not now"));
        transfer = new CompletableFuture<>();
        led.remove(1);
        look(SETTLED + 1);
        look(2 * SETTLED + 1);
        assertThat(transferred).containsExactly(0, 0);
    }
}
