package io.tsdb.storage.log;

/// Where one shard of a [LocalLog] stands.
final class ShardState {
    private final int shard;
    private volatile long lastIndex;
    private volatile long trimmedTo;
    private long writtenIndex;

    ShardState(int shard) {
        this.shard = shard;
    }

    int shard() {
        return shard;
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

    long trimmedTo() {
        return trimmedTo;
    }

    synchronized void trimTo(long index) {
        trimmedTo = Math.max(trimmedTo, index);
    }
}
