package io.tsdb.cluster.rpc;

/// Runs fragments at the shards of a node.
@FunctionalInterface
public interface FragmentService {
    /// Begins a fragment; does not wait.
    ///
    /// @param request what is to be done, see `docs/protocol/data-port.md#run`
    FragmentCall begin(int shard, byte[] request, FragmentAnswers answers);
}
