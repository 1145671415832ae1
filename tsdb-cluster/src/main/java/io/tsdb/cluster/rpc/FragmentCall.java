package io.tsdb.cluster.rpc;

/// A fragment at work at a shard of some node, as whoever asked for it holds it. Any thread; none
/// of it waits.
public interface FragmentCall {
    /// Of what ended before it began.
    FragmentCall ENDED =
            new FragmentCall() {
                @Override
                public void credit(long bytes) {
                    // nothing is sent
                }

                @Override
                public void cancel() {
                    // nothing runs
                }
            };

    /// That many bytes of batches more may be sent.
    void credit(long bytes);

    /// Nobody wants the rest.
    void cancel();
}
