package io.tsdb.cluster.rpc;

/// The way to the shards of other nodes. Any thread.
public interface FragmentPort {
    /// Has a member run a fragment; does not wait. A member that does not answer makes it fail, at
    /// the latest some seconds after it fell silent.
    FragmentCall run(String member, int shard, byte[] request, FragmentAnswers answers);

    /// Whether a member failed lately, so that others are better asked first.
    boolean isSuspect(String member);
}
