package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.io.LocalFileStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.LongStream;

/// The log of one machine.
class LocalShardLogTest extends AbstractShardLogTest {
    @TempDir Path directory;

    @Override
    protected NodeLog open() throws IOException {
        var config = new LogConfig(4096, Durability.SYNC, 0, 0, 1 << 16, 200, false);
        return LocalLog.open(new LocalFileStore(), directory, config, System::nanoTime);
    }

    /// It numbers nothing but what was appended.
    @Test
    void leavesNoGaps() throws Exception {
        var applied = new Applied();
        try (NodeLog log = started(0, applied)) {
            append(log, applied, 1, 50);
        }
        try (NodeLog log = started(applied.indexes().getLast(), applied)) {
            append(log, applied, 51, 50);
        }
        assertThat(applied.indexes())
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 100).boxed().toList());
    }
}
