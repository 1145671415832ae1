package io.tsdb.storage.log;

import org.jspecify.annotations.Nullable;

/// Where one log of a [LocalLog] stands, and who applies it.
final class ShardState {
    private final int shard;
    private volatile ShardLog.@Nullable Applier applier;
    private volatile long appliedIndex;
    private volatile long knownIndex;
    private volatile long lastIndex;
    private volatile long trimmedTo;
    private long writtenIndex;
    private long syncedIndex;

    ShardState(int shard) {
        this.shard = shard;
    }

    int shard() {
        return shard;
    }

    /// @param applied entries up to this one are not delivered
    /// @param known the log goes on behind this one
    void start(long applied, long known, ShardLog.Applier newApplier) {
        if (applier != null) {
            throw new IllegalStateException("BUG: log " + shard + " is started twice");
        }
        appliedIndex = applied;
        knownIndex = known;
        applier = newApplier;
        trimTo(applied);
    }

    boolean isStarted() {
        return applier != null;
    }

    /// Whether the applier is to get an entry.
    boolean wants(long index) {
        return index > appliedIndex;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    void deliver(long index, LogEntry entry) {
        ShardLog.Applier target = applier;
        if (target == null) {
            throw new IllegalStateException("BUG: nobody applies log " + shard);
        }
        target.apply(index, entry);
    }

    /// Newest durable index.
    long lastIndex() {
        return lastIndex;
    }

    void lastIndex(long index) {
        lastIndex = index;
    }

    /// Newest index that was given to a record; log thread (before it runs: the one that replays).
    long writtenIndex() {
        return writtenIndex;
    }

    void writtenIndex(long index) {
        writtenIndex = index;
    }

    /// What was written is durable.
    void synced() {
        syncedIndex = writtenIndex;
    }

    /// What was written and is not durable does not count: its indexes are given again.
    void takeBack() {
        writtenIndex = syncedIndex;
    }

    /// No entry that is still to come has an index up to this one.
    long knownIndex() {
        return Math.max(knownIndex, trimmedTo);
    }

    long trimmedTo() {
        return trimmedTo;
    }

    synchronized void trimTo(long index) {
        trimmedTo = Math.max(trimmedTo, index);
    }
}
