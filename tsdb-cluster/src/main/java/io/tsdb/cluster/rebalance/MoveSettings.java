package io.tsdb.cluster.rebalance;

import java.time.Duration;

/// How replicas move.
///
/// @param awayAfter others keep the shards of a member that was silent for so long
/// @param settled members have been the same for so long before replicas move to even them out
/// @param kept how long a shard that has gone stays on disk, for queries that read it
/// @param bytesPerSecond that a node copies at most
public record MoveSettings(
        Duration awayAfter, Duration settled, Duration kept, long bytesPerSecond) {
    public MoveSettings {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("a copy of " + bytesPerSecond + " bytes a second");
        }
    }
}
