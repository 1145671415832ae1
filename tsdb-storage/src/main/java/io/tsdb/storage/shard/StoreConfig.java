package io.tsdb.storage.shard;

import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.part.PartConfig;

import java.nio.file.Path;
import java.time.Duration;

/// Settings of a node's storage.
///
/// @param directory data directory; created when missing
/// @param shardCount shards of a new store, 1 to 1024; an existing store keeps its own number
/// @param headBytesMax memory for recent data of all shards together
/// @param cacheBytesMax memory for indexes of parts, and blocks that are read; tables of newest
///   rows take an eighth of it, at most
/// @param flushAge rows are in a part at the latest this long after they were taken in
/// @param stopFlushMax a clean stop flushes for at most this long and leaves the rest to the log
/// @param diskReserveBytes writes are refused while the disk has less room than this
/// @param log makes the logs of the shards and the catalog
public record StoreConfig(
        Path directory,
        int shardCount,
        long headBytesMax,
        long cacheBytesMax,
        Duration flushAge,
        Duration stopFlushMax,
        long diskReserveBytes,
        NodeLog.Factory log,
        PartConfig parts,
        CompactionConfig compaction) {
    /// Points per shard that may wait for its writer.
    static final long QUEUED_POINTS_MAX = 2_000_000;

    private static final int LATEST_SHARE = 8;

    /// With compaction as usual.
    public StoreConfig(
            Path directory,
            int shardCount,
            long headBytesMax,
            long cacheBytesMax,
            Duration flushAge,
            Duration stopFlushMax,
            long diskReserveBytes,
            NodeLog.Factory log,
            PartConfig parts) {
        this(
                directory,
                shardCount,
                headBytesMax,
                cacheBytesMax,
                flushAge,
                stopFlushMax,
                diskReserveBytes,
                log,
                parts,
                CompactionConfig.defaults());
    }

    public StoreConfig {
        if (shardCount < 1 || shardCount > 1024) {
            throw new IllegalArgumentException("1 to 1024 shards, not " + shardCount);
        }
    }

    ShardConfig shard(int shards) {
        return new ShardConfig(
                Math.max(1 << 20, headBytesMax / shards),
                flushAge,
                QUEUED_POINTS_MAX,
                cacheBytesMax / LATEST_SHARE / shards);
    }
}
