package io.tsdb.storage.log;

/// One log, of a shard or of the catalog: the seam between storage and replication.
///
/// Every committed entry reaches the [Applier] in the order of its index, each once, whoever
/// appended it: a former run of this process, this node, or another one. That order is the truth;
/// an append only learns the index that its entry got. What holds for every implementation is in
/// `AbstractShardLogTest`.
///
/// Life: [#start], then [NodeLog#recover] of the node's log, then appends.
public interface ShardLog {
    /// Says who applies, and what is applied already. Once, before [NodeLog#recover].
    ///
    /// @param appliedIndex entries up to this one are not delivered again
    /// @param knownIndex newest entry that the applier knows something of. It may lie above the
    ///   log's newest (a power loss took entries that were not synced and that a part already
    ///   holds): the log goes on behind it
    void start(long appliedIndex, long knownIndex, Applier applier);

    /// Says who applies, and that everything it knows is applied.
    default void start(long appliedIndex, Applier applier) {
        start(appliedIndex, appliedIndex, applier);
    }

    /// Hands an entry to the log. Any thread. The log encodes it in the calling thread; the caller
    /// leaves a batch untouched until it was applied, or `commit` says that it failed.
    ///
    /// @param commit told once; on failure perhaps never delivered, perhaps later
    /// @return false when the log's queue is full: nothing was taken, `commit` will not be called,
    ///   the caller answers "overloaded"
    boolean append(LogEntry entry, Commit commit);

    /// Appends an entry for which nothing waits here but `commit`: the shard is kept elsewhere, or
    /// is only just coming here. The entry is the caller's again once it was called.
    default boolean forward(LogEntry entry, Commit commit) {
        return append(entry, commit);
    }

    /// Whether other nodes apply the same log. The applier may then wait: it has a thread of its
    /// own, and what waits is on disk.
    default boolean isReplicated() {
        return false;
    }

    /// Whether this node is the one that proposes what the shard needs by itself: a flush, the
    /// removal of what has ended. Of replicas one is.
    default boolean proposes() {
        return true;
    }

    /// Everything up to this index is stored elsewhere (in parts): the log may forget it.
    void trimTo(long index);

    /// Index of the newest entry that is committed, 0 when there is none.
    long lastIndex();

    /// Receives the log.
    @FunctionalInterface
    interface Applier {
        /// Called for every committed entry above the start's index, ascending, by one thread at a
        /// time, which may be the one that serves all logs of the node: it hands over and returns.
        /// While the log recovers it may wait, which holds back the reader. A log may number
        /// entries of its own, too, so there may be gaps.
        ///
        /// @param entry the applier's to read; a batch is what the appender gave, or decoded
        void apply(long index, LogEntry entry);
    }

    /// What becomes of an appended entry.
    interface Commit {
        /// The entry is on disk (and, replicated, on a majority) under this index. Called before
        /// the applier gets it, on the same thread: hand over and return.
        void committed(long index);

        /// The entry may or may not be on disk, and may or may not be delivered later; it must not
        /// be acknowledged.
        ///
        /// @param cause a [io.tsdb.storage.model.ResourceLimitException] when the entry is more
        ///   than the log takes at once: it is not there, and will not be when it comes again
        void failed(Exception cause);
    }
}
