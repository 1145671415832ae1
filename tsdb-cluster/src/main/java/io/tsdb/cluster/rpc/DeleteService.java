package io.tsdb.cluster.rpc;

import java.io.IOException;

/// Deletes rows at a shard of this node for another one. Called on a thread that may wait.
public interface DeleteService {
    /// @param request, answer see `docs/protocol/data-port.md#deletes`
    /// @throws IOException when it is not known what became of it
    byte[] delete(int shard, byte[] request) throws IOException;
}
