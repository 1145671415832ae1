package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// Makes a data directory of a backup: every file is copied and must have its sum.
public final class BackupRestore {
    private BackupRestore() {}

    /// @param target must not exist; it appears when everything is in it and durable
    /// @throws CorruptDataException when a file is not what was backed up; names it
    /// @throws IOException also when a file is missing
    public static BackupSummary restore(FileStore io, Path backup, Path target) throws IOException {
        if (io.exists(target)) {
            throw new IOException(target + " exists already");
        }
        Map<String, String> sums = BackupSums.read(io, backup);
        Path growing = target.resolveSibling(target.getFileName() + ".restoring");
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
            io.delete(to); // of a restore that was broken off
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
        io.rename(growing, target);
        Path parent = target.toAbsolutePath().getParent();
        if (parent != null) {
            io.syncDirectory(parent);
        }
        return new BackupSummary(sums.size(), totalBytes, 0);
    }
}
