package io.tsdb.storage.shard;

import java.time.Duration;

/// Settings of a shard.
///
/// @param headBytesMax bytes of recent data in memory; at half of it the head is flushed, at the
///   whole of it writes are refused until the flush is through
/// @param flushAge rows are in a part at the latest this long after they were taken in
/// @param queuedPointsMax points logged or being logged but not yet in the head; beyond it writes
///   are refused
/// @param latestBytesMax bytes of the tables of newest rows
public record ShardConfig(
        long headBytesMax, Duration flushAge, long queuedPointsMax, long latestBytesMax) {
    public ShardConfig {
        if (headBytesMax < 1 << 20) {
            throw new IllegalArgumentException(
                    "head of at least 1 MiB, asked for " + headBytesMax + " bytes");
        }
    }
}
