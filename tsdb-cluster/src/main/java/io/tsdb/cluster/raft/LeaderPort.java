package io.tsdb.cluster.raft;

import java.util.concurrent.CompletableFuture;

/// The way to another node that leads a group.
public interface LeaderPort {
    /// Has a member append an entry to a log that it leads.
    ///
    /// @param log number of the log
    /// @param entry `entry[0, length)`, left untouched until the answer
    /// @return done when a majority has the entry on disk and it is applied there; fails when that
    ///   is not known: the entry may be committed all the same
    CompletableFuture<AppendOutcome> append(String member, int log, byte[] entry, int length);

    /// Whether a member did not answer of late.
    default boolean isSuspect(String member) {
        return false;
    }
}
