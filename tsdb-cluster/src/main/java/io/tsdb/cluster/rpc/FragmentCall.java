package io.tsdb.cluster.rpc;

/// A fragment at work at a shard of some node, as whoever asked for it holds it. Any thread; none
/// of it waits.
public interface FragmentCall {
    /// That many bytes of batches more may be sent.
    void credit(long bytes);

    /// Nobody wants the rest.
    void cancel();
}
