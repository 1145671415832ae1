package io.tsdb.cluster.raft;

import io.tsdb.cluster.shardmap.Placement;
import io.tsdb.storage.log.NodeLog;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Whom this node takes for the leader of each log: whom its replica follows, or, where it keeps
/// none, whom it tries next. Any thread.
final class Leaders {
    private final Placement placement;
    private final String self;
    private final OwnReplicas own;
    private final Map<Integer, LeaderGuess> guesses = new ConcurrentHashMap<>();

    Leaders(Placement placement, String self, OwnReplicas own) {
        this.placement = placement;
        this.self = self;
        this.own = own;
    }

    /// Whether this node keeps a replica.
    boolean isHere(int log) {
        return log == NodeLog.CATALOG || placement.isAt(log, self);
    }

    /// Null when it knows of none.
    @Nullable String of(int log) {
        return isHere(log) ? own.leader(log) : guess(log).leader();
    }

    /// A member does not lead a log, or does not answer.
    void doubt(int log, String member) {
        if (!isHere(log)) {
            guess(log).doubt(member);
        }
    }

    private LeaderGuess guess(int log) {
        return guesses.computeIfAbsent(log, shard -> new LeaderGuess(placement.replicas(shard)));
    }
}
