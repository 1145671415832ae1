package io.tsdb.cluster.raft;

import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.storage.log.NodeLog;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Whom this node takes for the leader of each log: whom its replica follows, or, where it keeps
/// none, whom it tries next. Any thread.
final class Leaders {
    private final ClusterView view;
    private final String self;
    private final OwnReplicas own;
    private final Map<Integer, LeaderGuess> guesses = new ConcurrentHashMap<>();

    Leaders(ClusterView view, String self, OwnReplicas own) {
        this.view = view;
        this.self = self;
        this.own = own;
    }

    /// Whether this node keeps a replica.
    boolean isHere(int log) {
        return log == NodeLog.CATALOG || view.placement().isAt(log, self);
    }

    /// Null when it knows of none.
    @Nullable String of(int log) {
        String leader = isHere(log) ? own.leader(log) : guess(log).leader();
        // one that this node has not heard of yet cannot be asked
        return leader != null && view.members().has(leader) ? leader : null;
    }

    /// A member does not lead a log, or does not answer.
    void doubt(int log, String member) {
        if (!isHere(log)) {
            guess(log).doubt(member);
        }
    }

    private LeaderGuess guess(int log) {
        List<String> replicas = view.placement().replicas(log);
        return guesses.compute(
                log,
                (_, known) ->
                        known != null && known.isOf(replicas) ? known : new LeaderGuess(replicas));
    }
}
