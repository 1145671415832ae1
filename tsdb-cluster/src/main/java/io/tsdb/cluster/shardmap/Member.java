package io.tsdb.cluster.shardmap;

/// A node of a cluster.
///
/// @param id given at its first start, and kept in its data directory: an emptied disk is another
///   member
/// @param raft where its replicas listen to one another
/// @param data where it takes what other nodes forward to it
/// @param zone what may fail as one, such as a rack: replicas of a shard are kept in different ones
///   where there are enough; empty when none was given
public record Member(String id, Address raft, Address data, String zone) {
    private static final int CHARS_MAX = 64;

    public Member {
        if (id.isEmpty() || id.length() > CHARS_MAX) {
            throw new IllegalArgumentException("'" + id + "' is no id of a member");
        }
        if (zone.length() > CHARS_MAX) {
            throw new IllegalArgumentException("'" + zone + "' is too long for a zone");
        }
    }

    /// One of no zone.
    public Member(String id, Address raft, Address data) {
        this(id, raft, data, "");
    }
}
