package io.tsdb.storage.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// The file system as storage sees it. Any thread.
///
/// What survives a power loss: bytes up to the last [DataFile#sync] (or [#syncFile]) of a file, and
/// names (creation, rename, deletion) up to the last [#syncDirectory] of their directory. Nothing
/// else may be relied on.
public interface FileStore {
    /// Opens a file for reading and writing; it must not exist.
    DataFile create(Path file) throws IOException;

    /// Opens an existing file for reading and writing.
    DataFile open(Path file) throws IOException;

    /// The whole content, at most 2 GiB.
    byte[] readAll(Path file) throws IOException;

    /// Maps `[offset, offset + size)` of an existing file for reading, until the arena is closed.
    MemorySegment map(Path file, long offset, long size, Arena arena) throws IOException;

    /// Renames within one directory tree, atomically, over an existing file too; durable only after
    /// [#syncDirectory].
    void rename(Path from, Path to) throws IOException;

    /// Gives a file that does not change any more a second name, where the file system can, and
    /// copies it otherwise; durable like a file that [#create] made and that was synced.
    void link(Path existing, Path link) throws IOException;

    /// Deletes a file when it exists; durable only after [#syncDirectory].
    void delete(Path file) throws IOException;

    /// Creates a directory and its missing parents, durably.
    default void createDirectories(Path directory) throws IOException {
        for (Path grown : makeDirectories(directory)) {
            syncDirectory(grown);
        }
    }

    /// Creates a directory and its missing parents.
    ///
    /// @return directories with a new name in them, the outermost first: durable only after
    ///   [#syncDirectory] of each
    List<Path> makeDirectories(Path directory) throws IOException;

    /// Files and directories directly in a directory, sorted by name; empty when there is no such
    /// directory.
    List<Path> list(Path directory) throws IOException;

    boolean exists(Path file) throws IOException;

    /// Replaces a whole small file so that after a crash either the old or the new content is
    /// there: temporary name, sync, rename, directory sync.
    default void replace(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        delete(temporary);
        try (DataFile target = create(temporary)) {
            target.write(ByteBuffer.wrap(content), 0);
            target.sync();
        }
        rename(temporary, file);
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            syncDirectory(directory);
        }
    }

    /// Deletes a directory with everything in it, or a file, when it exists.
    default void deleteTree(Path root) throws IOException {
        for (Path entry : list(root)) {
            deleteTree(entry);
        }
        delete(root);
    }

    long size(Path file) throws IOException;

    /// Where the machine has a file that a library opens by itself, and creates when it is missing.
    default Path onMachine(Path file) throws IOException {
        return file;
    }

    /// Makes the content of a file durable that somebody else wrote.
    void syncFile(Path file) throws IOException;

    /// Makes names in a directory durable.
    void syncDirectory(Path directory) throws IOException;

    /// Bytes that can still be written where the directory lies.
    long usableBytes(Path directory) throws IOException;
}
