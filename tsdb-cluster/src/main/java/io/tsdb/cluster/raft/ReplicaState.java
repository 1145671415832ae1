package io.tsdb.cluster.raft;

import io.tsdb.storage.log.NodeLog;

import java.util.Optional;

/// How this node's replica of a log stands.
///
/// @param log number of the shard, or of the catalog
/// @param role `leader`, `follower`, `candidate`, `listener` or `ended`
/// @param leader id of the member that this node takes for the leader
/// @param lastIndex newest entry in the log here
/// @param committedIndex newest entry that is known here to be on a majority
/// @param appliedIndex newest entry that was applied here
/// @param matchedIndex at the leader: newest entry that every member has on disk; -1 elsewhere
/// @param logBytes what the log takes on disk, room that is allocated included
/// @param syncCount syncs of the log since the start
/// @param syncSecondsP95 95 of 100 of the last ones took no longer
/// @param syncSecondsMax the longest of the last ones
/// @param trouble what keeps it from taking entries
public record ReplicaState(
        int log,
        String role,
        long term,
        Optional<String> leader,
        long lastIndex,
        long committedIndex,
        long appliedIndex,
        long matchedIndex,
        long logBytes,
        long syncCount,
        double syncSecondsP95,
        double syncSecondsMax,
        Optional<String> trouble) {
    /// As metrics and tables name it: the number of the shard, or `catalog`.
    public String name() {
        return name(log);
    }

    static String name(int log) {
        return log == NodeLog.CATALOG ? "catalog" : Integer.toString(log);
    }

    public boolean isLeader() {
        return role.equals("leader");
    }

    /// Entries that are in the log here and not known to be on a majority.
    public long commitLag() {
        return Math.max(0, lastIndex - committedIndex);
    }

    /// Entries that are committed and not applied here.
    public long applyLag() {
        return Math.max(0, committedIndex - appliedIndex);
    }

    /// At the leader: entries that the slowest member lacks; 0 elsewhere.
    public long replicaLag() {
        return matchedIndex < 0 ? 0 : Math.max(0, lastIndex - matchedIndex);
    }
}
