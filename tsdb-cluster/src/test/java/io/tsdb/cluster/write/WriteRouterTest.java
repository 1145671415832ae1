package io.tsdb.cluster.write;

import io.tsdb.cluster.TestStores;
import io.tsdb.ingest.batch.AbstractPointSinkTest;
import io.tsdb.ingest.batch.PointSink;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.schema.SchemaLimits;
import io.tsdb.storage.shard.Store;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;

class WriteRouterTest extends AbstractPointSinkTest {
    @TempDir Path temporary;
    private @Nullable Store store;

    @Override
    protected PointSink open() throws IOException {
        var config = TestStores.config(temporary, 3);
        Store opened =
                Store.open(config, new LocalFileStore(), System::nanoTime, InstantSource.system());
        store = opened;
        return new WriteRouter(opened, true, SchemaLimits.DEFAULT, () -> 64 << 20);
    }

    @Override
    protected void close(PointSink sink) throws IOException {
        Objects.requireNonNull(store).close();
    }
}
