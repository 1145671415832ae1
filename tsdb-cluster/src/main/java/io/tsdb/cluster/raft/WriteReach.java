package io.tsdb.cluster.raft;

import io.tsdb.storage.log.NodeLog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Whether writes that come to this node can be acknowledged: each log that they may need has a
/// leader, as far as is known here. An election is no matter, what lasts longer is. Any thread.
final class WriteReach {
    /// A silent leader is replaced after one to three seconds, or twice that when votes were split.
    static final long LEADERLESS_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private static final int NAMED_MAX = 3;

    /// What is known here of the logs.
    interface Seen {
        int shardCount();

        /// Whether somebody leads, or may, as a majority of those who keep it answers.
        boolean hasLeader(int log);
    }

    private final Seen seen;

    /// By log: when it was found that nobody leads, in nanoseconds of the node's ticker.
    private final Map<Integer, Long> lostNanos = new ConcurrentHashMap<>();

    WriteReach(Seen seen) {
        this.seen = seen;
    }

    /// Looks at every log; to be called several times a second.
    void look(long nowNanos) {
        look(NodeLog.CATALOG, nowNanos);
        for (int shard = 0; shard < seen.shardCount(); shard++) {
            look(shard, nowNanos);
        }
    }

    private void look(int log, long nowNanos) {
        if (seen.hasLeader(log)) {
            lostNanos.remove(log);
        } else {
            lostNanos.putIfAbsent(log, nowNanos);
        }
    }

    /// What lacks a leader, and has for a while.
    Optional<String> lack(long nowNanos) {
        long longest = 0;
        var lost = new ArrayList<Integer>();
        for (Map.Entry<Integer, Long> one : lostNanos.entrySet()) {
            long since = nowNanos - one.getValue();
            if (since > LEADERLESS_NANOS_MAX) {
                lost.add(one.getKey());
                longest = Math.max(longest, since);
            }
        }
        if (lost.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                "writes are not acknowledged here: no leader for %d s of %s; is a majority there?"
                        .formatted(TimeUnit.NANOSECONDS.toSeconds(longest), names(lost)));
    }

    private static String names(List<Integer> lost) {
        var names = new ArrayList<String>();
        if (lost.contains(NodeLog.CATALOG)) {
            names.add("the catalog");
        }
        List<Integer> shards =
                lost.stream().filter(log -> log != NodeLog.CATALOG).sorted().toList();
        if (shards.size() > NAMED_MAX) {
            names.add(shards.size() + " shards");
        } else {
            shards.forEach(shard -> names.add("shard " + shard));
        }
        return String.join(", ", names);
    }
}
