package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileFailure;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The file `lock` of a data directory, which one process at a time holds.
public final class DirectoryLock {
    static final String FILE = "lock";

    private DirectoryLock() {}

    /// Whether another process has the directory open. Not to be asked by one that has it open
    /// itself: closing the file here gives back its lock, too. Held for the moment of the look, so
    /// a node that starts in it is refused: not to be asked in a loop.
    ///
    /// @throws IOException when the file is there and cannot be opened
    public static boolean isHeld(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock free = channel.tryLock()) {
            return free == null;
        } catch (OverlappingFileLockException _) {
            return true;
        } catch (NoSuchFileException _) {
            return false;
        } catch (IOException e) {
            throw FileFailure.of("cannot lock", file, e);
        }
    }

    /// @return to be closed when the directory is free again
    /// @throws IOException also when a process holds it
    static FileChannel take(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw FileFailure.of("cannot open", file, e);
        }
        FileLock held;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null;
        } catch (IOException e) {
            channel.close();
            throw FileFailure.of("cannot lock", file, e);
        }
        if (held == null) {
            channel.close();
            throw new IOException(
                    "data directory "
                            + directory.toAbsolutePath()
                            + " is in use by another tsdb process: stop that one, or give this one"
                            + " another directory (--data)");
        }
        return channel;
    }
}
