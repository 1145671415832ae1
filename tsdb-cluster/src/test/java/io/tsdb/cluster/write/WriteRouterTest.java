package io.tsdb.cluster.write;

import io.tsdb.ingest.batch.AbstractPointSinkTest;
import io.tsdb.ingest.batch.PointSink;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.schema.SchemaLimits;
import io.tsdb.storage.shard.Store;
import io.tsdb.storage.shard.StoreConfig;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;

class WriteRouterTest extends AbstractPointSinkTest {
    @TempDir Path temporary;
    private @Nullable Store store;

    @Override
    protected PointSink open() throws IOException {
        var config =
                new StoreConfig(
                        temporary,
                        3,
                        64 << 20,
                        1 << 20,
                        Duration.ofHours(1),
                        Duration.ofSeconds(20),
                        0,
                        LocalLog.factory(
                                LogConfig.defaults().withSegmentBytes(4 << 20), System::nanoTime),
                        PartConfig.defaults());
        Store opened =
                Store.open(config, new LocalFileStore(), System::nanoTime, InstantSource.system());
        store = opened;
        return new WriteRouter(opened, true, SchemaLimits.DEFAULT, 64 << 20);
    }

    @Override
    protected void close(PointSink sink) throws IOException {
        Objects.requireNonNull(store).close();
    }
}
