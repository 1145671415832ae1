package io.tsdb.cluster;

import io.tsdb.cluster.write.WriteRouter;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.ingest.protocol.line.LineDecoder;
import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.schema.SchemaLimits;
import io.tsdb.storage.shard.Store;
import io.tsdb.storage.shard.StoreConfig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// Settings of stores that tests open, and rows for them.
public final class TestStores {
    private TestStores() {}

    /// With a log of its own, flushed when asked for. Hardly a cache: parts are read from Parquet,
    /// not from what the flush left.
    public static StoreConfig config(Path directory, int shards) {
        return config(directory, shards, CompactionConfig.defaults());
    }

    /// Writes line protocol, and waits until it is acknowledged. A database that is not there is
    /// made.
    public static void write(Store store, String database, String lines) throws IOException {
        var router = new WriteRouter(store, true, SchemaLimits.DEFAULT, () -> 64 << 20);
        byte[] text = lines.getBytes(StandardCharsets.UTF_8);
        try (var decoder = new LineDecoder(router, false)) {
            decoder.begin(database, Precision.NS, 1, DecodeLimits.DEFAULT);
            decoder.decode(text, 0, text.length);
            var result = decoder.end();
            var done = new CompletableFuture<Void>();
            router.write(result.points(), _ -> done.complete(null));
            done.join();
            result.release();
        }
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
