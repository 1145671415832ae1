package io.tsdb.cluster.rpc;

import java.util.concurrent.CompletableFuture;

/// The way to the parts that other nodes have, over connections of their own. Any thread.
public interface PartPort {
    /// Asks a member for its parts of a shard.
    ///
    /// @param request, answer see `docs/protocol/data-port.md#list`
    /// @return fails with an [java.io.IOException] when the member has none, or does not answer
    CompletableFuture<byte[]> list(String member, int shard, byte[] request);

    /// Asks a member for bytes of a part.
    ///
    /// @param request see `docs/protocol/data-port.md#read`
    CompletableFuture<byte[]> read(String member, int shard, byte[] request);
}
