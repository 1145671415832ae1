package io.tsdb.cluster.raft;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/// The way to another node that leads a group.
public interface LeaderPort {
    /// In place of an index: the member does not lead the log, or cannot say.
    long UNKNOWN = -1;

    /// Of a node whose cluster has no other member that runs.
    LeaderPort NOBODY =
            new LeaderPort() {
                @Override
                public CompletableFuture<AppendOutcome> append(
                        String member, int log, byte[] entry, int length) {
                    return CompletableFuture.failedFuture(absent(member));
                }

                @Override
                public CompletableFuture<long[]> committed(String member, int[] logs) {
                    return CompletableFuture.failedFuture(absent(member));
                }

                private static IOException absent(String member) {
                    return new IOException(member + " does not run");
                }
            };

    /// Has a member append an entry to a log that it leads.
    ///
    /// @param log number of the log
    /// @param entry `entry[0, length)`, left untouched until the answer
    /// @return done when a majority has the entry on disk and it is applied there; fails when that
    ///   is not known: the entry may be committed all the same
    CompletableFuture<AppendOutcome> append(String member, int log, byte[] entry, int length);

    /// Up to which entries logs are committed that a member leads.
    ///
    /// @param logs their numbers
    /// @return the index of each, of a time after the call, or [#UNKNOWN]; fails when the member
    ///   does not answer
    CompletableFuture<long[]> committed(String member, int[] logs);

    /// Whether a member did not answer of late.
    default boolean isSuspect(String member) {
        return false;
    }
}
