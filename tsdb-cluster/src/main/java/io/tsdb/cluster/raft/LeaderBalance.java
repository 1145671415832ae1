package io.tsdb.cluster.raft;

import io.tsdb.cluster.shardmap.Placement;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Hands the lead of shards back to who should have it by the placement, so that leaders stay even
/// after members were away. An election costs writers some time, so: one shard at a time, and only
/// when that member was there and up to date all the while.
///
/// By hand, not by Ratis' priorities: with those a leader steps down at once for one that comes
/// back, and again when that one goes. One thread.
final class LeaderBalance {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderBalance.class);

    /// What it needs of the replicas of this node.
    interface Lead {
        /// Whether this node leads a shard, and has nothing else in hand.
        boolean isLeader(int shard);

        /// Whether a member answers, and lacks next to nothing of the shard's log.
        boolean isUpToDate(int shard, String member);

        /// Has a member elected.
        CompletableFuture<Void> transfer(int shard, String member);
    }

    private final Supplier<Placement> placement;
    private final String self;
    private final Lead lead;
    private final long settledNanos;

    /// Since when a shard that this node leads could be handed on.
    private final Map<Integer, Long> since = new HashMap<>();

    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);

    /// @param settledNanos how long a member must have been there
    LeaderBalance(Supplier<Placement> placement, String self, Lead lead, long settledNanos) {
        this.placement = placement;
        this.self = self;
        this.lead = lead;
        this.settledNanos = settledNanos;
    }

    /// Looks whether a shard is to be handed on. Now and then.
    void look(Collection<Integer> shards, long now) {
        for (int shard : shards) {
            String wanted = placement.get().leader(shard);
            if (wanted.equals(self) || !lead.isLeader(shard) || !lead.isUpToDate(shard, wanted)) {
                since.remove(shard);
                continue;
            }
            long known = since.computeIfAbsent(shard, _ -> now);
            if (now - known >= settledNanos && running.isDone()) {
                since.remove(shard);
                LOG.info("shard {}: its lead goes back to {}", shard, wanted);
                running =
                        lead.transfer(shard, wanted)
                                .exceptionally(
                                        e -> {
                                            LOG.info(
                                                    "shard {}: {} did not take the lead: {}",
                                                    shard,
                                                    wanted,
                                                    e.getMessage());
                                            return null;
                                        });
            }
        }
    }
}
