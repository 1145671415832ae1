package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.schema.CatalogState;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The files that a data directory has from its creation on. Each is known to another, so what was
/// removed is named, and is not taken for what never was:
///
/// a manifest, and the log, by `store`, which is written after them; `store` by a manifest or a log
/// that is not empty, and an older one by parts of measurements that it has not numbered; parts,
/// and the series log, by their manifest; a segment by the one behind it, the newest by
/// `wal/newest`, the oldest by the manifests, which say up to where the log may be gone.
final class StoreFiles {
    private final FileStore io;
    private final Path directory;
    private final NodeLog log;

    StoreFiles(FileStore io, Path directory, NodeLog log) {
        this.io = io;
        this.directory = directory;
        this.log = log;
    }

    static Path shard(Path directory, int shard) {
        return directory.resolve("shard-" + shard);
    }

    /// Makes a data directory for a new store.
    ///
    /// @throws CorruptDataException when there was one here, which lacks its `store` file
    StoreMeta create(int shardCount) throws IOException {
        if (log.holdsEntries()) {
            throw missing(directory.resolve(StoreMeta.FILE), "its log is there");
        }
        for (Path entry : io.list(directory)) {
            if (entry.getFileName().toString().startsWith("shard-")
                    && !Manifest.load(io, entry).equals(Manifest.empty())) {
                throw missing(
                        directory.resolve(StoreMeta.FILE), entry.resolve(Manifest.FILE) + " is");
            }
        }
        return list(new StoreMeta(shardCount, CatalogState.EMPTY, true));
    }

    /// Checks that everything is there, and writes `store` once more, as it may not have been
    /// synced: the log is trimmed by it.
    ///
    /// @throws CorruptDataException names what is not
    StoreMeta check(StoreMeta meta) throws IOException {
        if (!meta.listed()) { // written when a shard had no manifest before its first flush
            return list(new StoreMeta(meta.shardCount(), meta.catalog(), true));
        }
        for (int id = 0; id < meta.shardCount(); id++) {
            if (!log.keeps(id)) {
                continue;
            }
            Path manifest = shard(directory, id).resolve(Manifest.FILE);
            if (!io.exists(manifest)) {
                throw missing(manifest, "the store has " + meta.shardCount() + " shards");
            }
            requireNewest(directory, meta, id, Manifest.load(io, shard(directory, id)));
        }
        Optional<Path> ofLog = log.missing();
        if (ofLog.isPresent()) {
            throw missing(ofLog.get(), "the store had a log");
        }
        meta.store(io, directory);
        return meta;
    }

    /// Checks that `store` is not from before some parts. Its numbers would be given again, and the
    /// parts would go, as those of measurements that have ended.
    ///
    /// @throws CorruptDataException when it is
    static void requireNewest(Path directory, StoreMeta meta, int shard, Manifest manifest) {
        for (PartSummary part : manifest.parts()) {
            if (!meta.catalog().hasGiven(part.id().measurement())) {
                throw new CorruptDataException(
                        directory.resolve(StoreMeta.FILE).toString(),
                        0,
                        "an older one: shard %d has parts of measurement %s, which it does not know yet; put the newest one back, or restore a backup"
                                .formatted(shard, part.id().measurement()));
            }
        }
    }

    private StoreMeta list(StoreMeta meta) throws IOException {
        for (int id = 0; id < meta.shardCount(); id++) {
            if (!log.keeps(id)) {
                continue;
            }
            Path shard = shard(directory, id);
            io.createDirectories(shard);
            if (!io.exists(shard.resolve(Manifest.FILE))) {
                Manifest.empty().store(io, shard);
            }
        }
        if (log.missing().isPresent()) {
            log.begin();
        }
        meta.store(io, directory);
        return meta;
    }

    private static CorruptDataException missing(Path file, String known) {
        return new CorruptDataException(
                file.toString(),
                0,
                "is missing, though " + known + ": put it back, or restore a backup");
    }
}
