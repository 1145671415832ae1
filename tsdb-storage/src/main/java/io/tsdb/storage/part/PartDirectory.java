package io.tsdb.storage.part;

import io.tsdb.storage.io.FileStore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The directory of a shard's parts: what does not belong there goes.
public final class PartDirectory {
    private PartDirectory() {}

    /// Deletes every file that is not one of the given parts: temporary files, and parts that were
    /// finished when the process died but never entered into the manifest. Directories left empty
    /// go too. One thread, while nobody writes parts.
    ///
    /// @return the deleted files
    public static List<Path> clean(FileStore io, Path shardDirectory, Collection<PartId> parts)
            throws IOException {
        Set<Path> known = new HashSet<>();
        for (PartId id : parts) {
            known.add(id.parquetFile(shardDirectory));
            known.add(id.indexFile(shardDirectory));
        }
        var deleted = new ArrayList<Path>();
        for (Path database : io.list(PartId.parts(shardDirectory))) {
            clean(io, database, known, deleted);
        }
        return deleted;
    }

    /// Files lie in the partitions' directories and nowhere else.
    private static void clean(FileStore io, Path directory, Set<Path> known, List<Path> deleted)
            throws IOException {
        boolean partition = directory.getFileName().toString().startsWith(PartId.PARTITION);
        for (Path entry : io.list(directory)) {
            if (!partition) {
                clean(io, entry, known, deleted);
            } else if (!known.contains(entry)) {
                io.delete(entry);
                deleted.add(entry);
            }
        }
        if (io.list(directory).isEmpty()) {
            io.delete(directory);
        }
    }
}
