package io.tsdb.cluster;

import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.shard.StoreConfig;

import java.nio.file.Path;
import java.time.Duration;

/// Settings of stores that tests open.
public final class TestStores {
    private TestStores() {}

    /// With a log of its own, flushed when asked for. Hardly a cache: parts are read from Parquet,
    /// not from what the flush left.
    public static StoreConfig config(Path directory, int shards) {
        return config(directory, shards, CompactionConfig.defaults());
    }

    public static StoreConfig config(Path directory, int shards, CompactionConfig compaction) {
        return new StoreConfig(
                directory,
                shards,
                256 << 20,
                1 << 16,
                Duration.ofHours(1),
                Duration.ofSeconds(20),
                0,
                LocalLog.factory(LogConfig.defaults().withSegmentBytes(4 << 20), System::nanoTime),
                PartConfig.defaults(),
                compaction);
    }
}
