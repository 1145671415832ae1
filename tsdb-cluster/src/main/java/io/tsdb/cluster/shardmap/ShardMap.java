package io.tsdb.cluster.shardmap;

import java.util.List;
import java.util.Optional;

/// Who has which shard, and who leads it: what writes and queries of a node ask before they go
/// anywhere. Any thread; never waits.
///
/// An answer may be old when it is given: whoever acts on one asks the member, which knows better,
/// and asks here again when that refuses.
public interface ShardMap {
    /// This node.
    Member self();

    /// All of the cluster, also those that keep no shard.
    List<Member> members();

    int shardCount();

    /// Members that keep a replica of a shard, never none: first the one that should lead, which is
    /// not always the one that does.
    List<Member> replicas(int shard);

    /// Whom this node takes for the leader; empty when it knows of none, as in an election.
    Optional<Member> leader(int shard);

    /// Changes whenever the replicas of any shard do; never while they do not.
    long epoch();

    /// Whether this node keeps a replica.
    default boolean isHere(int shard) {
        return replicas(shard).contains(self());
    }
}
