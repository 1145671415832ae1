package io.tsdb.cluster.rpc;

import java.io.IOException;

/// What becomes of a fragment at a shard of some node, told to whoever asked for it. One thread at
/// a time; what is told is nobody else's from then on.
public interface FragmentAnswers {
    /// The shard has everything that the answer must hold, and its snapshot is taken.
    void begun();

    /// A batch of rows; not more of them than [FragmentCall#credit] allowed, but for the last one.
    void batch(byte[] bytes);

    /// There are no more.
    ///
    /// @param profile what was done there; empty when nobody asked
    void ended(byte[] profile);

    /// The shard gives no more answers, and says why.
    void refused(byte[] reason);

    /// Nothing is heard from that node any more; never told by a node about itself.
    void failed(IOException cause);
}
