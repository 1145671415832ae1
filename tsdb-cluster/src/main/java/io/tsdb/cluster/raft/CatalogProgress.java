package io.tsdb.cluster.raft;

/// How far this node's replica of the catalog has come, for the logs whose entries need it. Any
/// thread.
final class CatalogProgress {
    private long index;
    private boolean ended;

    /// The catalog has applied its entry of this index.
    synchronized void reached(long applied) {
        index = applied;
        notifyAll();
    }

    /// The catalog comes no further here.
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /// What a batch names is defined in the catalog's log, which this node may not have come to
    /// yet: it is committed, so it will.
    ///
    /// @throws IllegalStateException when the catalog ended before
    synchronized void await(long needed) {
        while (index < needed) {
            if (ended) {
                throw new IllegalStateException(
                        "the catalog ended at its entry "
                                + index
                                + ", an entry needs it at "
                                + needed);
            }
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for the catalog", e);
            }
        }
    }
}
