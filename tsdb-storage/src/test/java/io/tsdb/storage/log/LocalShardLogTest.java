package io.tsdb.storage.log;

import io.tsdb.storage.io.LocalFileStore;

import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

/// The log of one machine.
class LocalShardLogTest extends AbstractShardLogTest {
    @TempDir Path directory;

    @Override
    NodeLog open() throws IOException {
        var config = new LogConfig(4096, Durability.SYNC, 0, 0, 1 << 16, 200, false);
        return LocalLog.open(new LocalFileStore(), directory, config, System::nanoTime);
    }
}
