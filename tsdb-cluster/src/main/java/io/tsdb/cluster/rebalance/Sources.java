package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.rpc.ControlConnection;
import io.tsdb.cluster.shardmap.Member;

import java.io.IOException;

/// How a member that has a shard is reached.
@FunctionalInterface
public interface Sources {
    /// @return to be closed by the caller
    ControlConnection open(Member member) throws IOException;
}
