package io.tsdb.cluster.rpc;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/// Deletes rows at a shard of this node for another one. Called on a thread that may wait.
public interface DeleteService {
    /// @param request, answer see `docs/protocol/data-port.md#deletes`
    /// @param isWanted false once who asked has gone: what is not decided by then is not done
    /// @throws IOException when it is not known what became of it
    byte[] delete(int shard, byte[] request, BooleanSupplier isWanted) throws IOException;
}
