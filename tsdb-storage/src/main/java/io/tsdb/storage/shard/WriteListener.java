package io.tsdb.storage.shard;

/// Told once what became of a batch, on a thread of the shard or its log: hand over and return.
public interface WriteListener {
    /// The batch is durable and visible to every scan opened from now on.
    void applied();

    /// The batch may or may not be on disk; it must not be acknowledged.
    void failed(String reason);
}
