package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.part.BlockCache;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.series.SeriesRegistry;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;

/// What all shards of a store share, and how one is put together.
record ShardFactory(
        FileStore io,
        StoreConfig config,
        NodeLog log,
        Catalog catalog,
        CatalogFile catalogFile,
        BlockCache cache,
        PartStatistics partStatistics,
        Expiry expiry,
        Compactions compactions,
        InstantSource clock,
        Ticker ticker,
        ScheduledExecutorService flushes,
        ThreadPoolExecutor syncs) {
    /// Opens a shard of which something lies here, or nothing.
    ///
    /// @param count shards that share the memory, those that may come among them
    Shard open(int id, int count) throws IOException {
        Path directory = StoreFiles.shard(config.directory(), id);
        io.createDirectories(directory);
        PartSet parts = PartSet.load(io, directory);
        SeriesRegistry registry =
                SeriesRegistry.open(io, directory.resolve("series"), parts.seriesMark());
        var compactor =
                new Compactor(
                        io,
                        directory,
                        parts,
                        registry,
                        catalog,
                        cache,
                        config.parts(),
                        config.compaction(),
                        partStatistics,
                        expiry,
                        clock,
                        ticker);
        var flusher =
                new PartFlusher(
                        io,
                        directory,
                        parts,
                        clock,
                        registry,
                        catalog,
                        catalogFile,
                        cache,
                        config.parts(),
                        partStatistics,
                        ticker,
                        flushes,
                        syncs);
        flusher.onFlushed(cut -> compactions.runAt(compactor, cut.logIndex(), cut.seconds()));
        try {
            var shard =
                    new Shard(
                            id,
                            catalog,
                            registry,
                            log.shard(id),
                            config.shard(count),
                            parts,
                            flusher,
                            ticker,
                            clock);
            compactions.add(shard, compactor);
            return shard;
        } catch (IOException | RuntimeException e) {
            registry.close();
            throw e;
        }
    }
}
