package io.tsdb.cluster.rpc;

import java.util.concurrent.CompletableFuture;

/// The way to shards of other nodes at which rows are to go. Any thread.
public interface DeletePort {
    /// @param request, answer see `docs/protocol/data-port.md#deletes`
    /// @return fails with an [java.io.IOException] when it is not known what became of it
    CompletableFuture<byte[]> delete(String member, int shard, byte[] request);

    /// Whether a member failed lately, so that others are better asked first.
    boolean isSuspect(String member);
}
