package io.tsdb.storage.log;

/// The log of one shard: the seam between storage and replication.
///
/// Entries become durable in one order, which is the order of their indexes, which is the order in
/// which they are applied.
public interface ShardLog {
    /// Hands an entry to the log. Any thread. The log encodes it in the calling thread; the caller
    /// leaves the batch untouched until `commit` is called.
    ///
    /// @param commit called once, in index order per shard, on a thread of the log: it must hand
    ///   over and return
    /// @return false when the log's queue is full: nothing was taken, `commit` will not be called,
    ///   the caller answers "overloaded"
    boolean append(LogEntry entry, Commit commit);

    /// Everything up to this index is stored elsewhere (in parts): the log may forget it.
    void trimTo(long index);

    /// Index of the newest entry that is durable, 0 when there is none.
    long lastIndex();

    /// What becomes of an appended entry.
    interface Commit {
        /// The entry is on disk (and, replicated, on a majority); apply it.
        void durable(long index);

        /// The entry may or may not be on disk; it must not be acknowledged, and the log takes no
        /// more.
        void failed(Exception cause);
    }
}
