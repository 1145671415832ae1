package io.tsdb.cluster.rpc;

import java.io.IOException;

/// Answers other nodes about the parts of this one. Called on a thread that may wait for the disk.
public interface PartService {
    /// @param request, answer see `docs/protocol/data-port.md#list`
    byte[] list(int shard, byte[] request) throws IOException;

    /// @param request see `docs/protocol/data-port.md#read`
    byte[] read(int shard, byte[] request) throws IOException;
}
