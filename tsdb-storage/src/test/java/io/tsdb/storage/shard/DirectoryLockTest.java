package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

class DirectoryLockTest {
    @TempDir Path directory;

    @Test
    void isHeldWhileItIsTaken() throws Exception {
        try (FileChannel _ = DirectoryLock.take(directory)) {
            assertThat(DirectoryLock.isHeld(directory)).isTrue();
        }
        assertThat(DirectoryLock.isHeld(directory)).isFalse();
    }

    @Test
    void aLookLeavesNothing() throws Exception {
        assertThat(DirectoryLock.isHeld(directory)).isFalse();
        assertThat(directory.resolve(DirectoryLock.FILE)).doesNotExist();
        Files.createFile(directory.resolve(DirectoryLock.FILE));
        assertThat(DirectoryLock.isHeld(directory)).isFalse();
        DirectoryLock.take(directory).close();
    }
}
