package io.tsdb.cluster.node.doctor;

import io.tsdb.storage.model.Ticker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// How long a disk takes to make a small append durable, which every acknowledged write waits for.
///
/// @param medianNanos, maxNanos of [#COUNT] syncs
record SyncTrial(long medianNanos, long maxNanos) {
    static final int COUNT = 64;
    private static final int APPEND_BYTES = 4096;

    /// Writes a file into a directory, and removes it.
    static SyncTrial run(Path directory, Ticker ticker) throws IOException {
        Path file = Files.createTempFile(directory, "tsdb-doctor-", ".tmp");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long[] nanos = new long[COUNT];
            for (int i = 0; i < COUNT; i++) {
                long began = ticker.nanos();
                ByteBuffer bytes = ByteBuffer.allocate(APPEND_BYTES);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(false);
                nanos[i] = ticker.nanos() - began;
            }
            Arrays.sort(nanos);
            return new SyncTrial(nanos[COUNT / 2], nanos[COUNT - 1]);
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
