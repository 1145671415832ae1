package io.tsdb.cluster.rpc;

import java.io.IOException;

/// Answers what other nodes ask about members and replicas ([ControlConnection]). Any thread; may
/// block.
@FunctionalInterface
public interface ControlService {
    /// @param request as `io.tsdb.cluster.rebalance` knows it
    /// @throws IOException when it cannot be done; its message goes to who asked
    byte[] answer(byte[] request) throws IOException;
}
