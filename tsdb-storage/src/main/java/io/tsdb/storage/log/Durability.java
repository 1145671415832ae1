package io.tsdb.storage.log;

/// When an entry counts as durable.
public enum Durability {
    /// After `fdatasync`: it survives a power loss.
    SYNC,

    /// After the write: it survives a killed process, but a power loss may take the last
    /// [LogConfig#asyncSyncMillis()].
    ASYNC
}
