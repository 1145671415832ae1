package io.tsdb.cluster.shardmap;

/// A node of a cluster.
///
/// @param id given at its first start, and kept in its data directory: an emptied disk is another
///   member
/// @param raft where its replicas listen to one another
/// @param data where it takes what other nodes forward to it
public record Member(String id, Address raft, Address data) {
    public Member {
        if (id.isEmpty() || id.length() > 64) {
            throw new IllegalArgumentException("'" + id + "' is no id of a member");
        }
    }
}
