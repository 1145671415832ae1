package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.NamingFileStore;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// Makes a data directory of a backup: every file is copied and must have its sum.
///
/// A directory that is there and empty is filled: where data lies it often is, as the mount point
/// of a disk or as the place that a package made for its user, and cannot be made anew by who
/// restores.
public final class BackupRestore {
    /// In a directory that was there: what is copied and not yet known to be whole.
    private static final String GROWING = "restoring";

    private static final Set<String> OF_NO_STORE =
            Set.of(GROWING, DirectoryLock.FILE, "lost+found");

    private BackupRestore() {}

    /// @param target must not exist, or be empty; the data is in it when everything is there and
    ///   durable
    /// @throws CorruptDataException when a file is not what was backed up; names it
    /// @throws IOException also when a file is missing
    public static BackupSummary restore(FileStore files, Path backup, Path target)
            throws IOException {
        var io = new NamingFileStore(files);
        if (io.exists(target)) {
            return fill(io, backup, target);
        }
        Path growing = target.resolveSibling(target.getFileName() + "." + GROWING);
        BackupSummary copied = copy(io, backup, growing);
        io.rename(growing, target);
        Path parent = target.toAbsolutePath().getParent();
        if (parent != null) {
            io.syncDirectory(parent);
        }
        return copied;
    }

    /// Whether a restore into a directory that was there has not come to its end: no node may make
    /// a new store in it.
    public static boolean isUnderWay(FileStore io, Path directory) throws IOException {
        return io.exists(directory.resolve(GROWING))
                && !io.exists(directory.resolve(StoreMeta.FILE));
    }

    /// The file `store` comes last: without it no node takes the directory for one of data.
    private static BackupSummary fill(FileStore io, Path backup, Path target) throws IOException {
        for (Path entry : io.list(target)) {
            if (!OF_NO_STORE.contains(entry.getFileName().toString())) {
                throw new IOException(
                        target + " exists already and is not empty: " + entry.getFileName());
            }
        }
        try (FileChannel _ = DirectoryLock.take(target)) {
            Path growing = target.resolve(GROWING);
            BackupSummary copied = copy(io, backup, growing);
            for (Path entry : io.list(growing)) {
                if (!entry.endsWith(StoreMeta.FILE)) {
                    io.rename(entry, target.resolve(entry.getFileName()));
                }
            }
            io.syncDirectory(target);
            io.rename(growing.resolve(StoreMeta.FILE), target.resolve(StoreMeta.FILE));
            io.delete(growing);
            io.syncDirectory(target);
            return copied;
        }
    }

    private static BackupSummary copy(FileStore io, Path backup, Path growing) throws IOException {
        Map<String, String> sums = BackupSums.read(io, backup);
        io.deleteTree(growing); // of a restore that was broken off, of another backup maybe
        io.createDirectories(growing);
        long totalBytes = 0;
        for (Map.Entry<String, String> entry : sums.entrySet()) {
            Path from = backup.resolve(entry.getKey());
            Path to = growing.resolve(entry.getKey());
            Path directory = to.toAbsolutePath().getParent();
            if (!io.exists(from)) {
                throw new IOException("the backup is not complete: " + from + " is missing");
            }
            if (directory != null) {
                io.createDirectories(directory);
            }
            String sum = BackupSums.copy(io, from, to);
            if (!sum.equals(entry.getValue())) {
                throw new CorruptDataException(
                        from.toString(),
                        0,
                        "SHA-256 is %s, %s was backed up".formatted(sum, entry.getValue()));
            }
            if (directory != null) {
                io.syncDirectory(directory);
            }
            totalBytes += io.size(to);
        }
        return new BackupSummary(sums.size(), totalBytes, 0);
    }
}
