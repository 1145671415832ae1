package io.tsdb.cluster.raft;

import java.util.List;

/// Whom a node takes for the leader of a log that it keeps no replica of: one member after the
/// other, until one takes entries. Any thread.
final class LeaderGuess {
    private final List<String> replicas;
    private volatile int tried;

    /// @param replicas first the one that should lead
    LeaderGuess(List<String> replicas) {
        this.replicas = List.copyOf(replicas);
    }

    /// Whether these are who keeps the log.
    boolean isOf(List<String> members) {
        return replicas.equals(members);
    }

    String leader() {
        return replicas.get(tried);
    }

    /// It does not lead, or does not answer: the next one may.
    synchronized void doubt(String member) {
        if (replicas.get(tried).equals(member)) {
            tried = (tried + 1) % replicas.size();
        }
    }
}
