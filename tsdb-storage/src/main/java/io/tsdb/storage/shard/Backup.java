package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.part.PartSummary;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// One backup: a data directory without a log, since all of it is in parts, and [BackupSums] of its
/// files. Each shard is as of one index of its log, the one that its manifest names. One thread,
/// once.
///
/// Parts never change, so a second name is enough; the series log only grows, and what it has
/// beyond the manifest's mark is cut at the first start. The catalog is copied last: it knows every
/// field that a part has.
final class Backup {
    private final FileStore io;
    private final Path source;
    private final Path target;
    private final Optional<Path> previous;
    private final CatalogFile catalogFile;
    private final Map<String, String> sums = new TreeMap<>();
    private final Map<String, String> previousSums;
    private int sharedCount;
    private long totalBytes;

    Backup(FileStore io, Path source, Path target, Optional<Path> previous, CatalogFile catalogFile)
            throws IOException {
        this.io = io;
        this.source = source;
        this.target = target;
        this.previous = previous;
        this.catalogFile = catalogFile;
        this.previousSums = previous.isPresent() ? BackupSums.read(io, previous.get()) : Map.of();
    }

    BackupSummary run(List<Shard> shards, List<String> beside) throws IOException {
        if (io.exists(target)) {
            throw new IOException("no backup was made: " + target + " exists already");
        }
        boolean complete = false;
        try {
            io.createDirectories(target);
            for (Shard shard : shards) {
                shard(shard);
            }
            beginLog();
            catalogFile.save();
            copy(StoreMeta.FILE);
            for (String file : beside) {
                if (io.exists(source.resolve(file))) {
                    copy(file);
                }
            }
            BackupSums.write(io, target, sums);
            complete = true;
        } finally {
            if (!complete) {
                io.deleteTree(target);
            }
        }
        return new BackupSummary(sums.size(), totalBytes, sharedCount);
    }

    /// What was restored begins with an empty log, and knows that it has one: that of a node alone,
    /// also where this one is a cluster's.
    private void beginLog() throws IOException {
        Path wal = target.resolve("wal");
        LocalLog.beginEmpty(io, wal);
        for (Path file : io.list(wal)) {
            entered(target.relativize(file).toString(), null);
        }
    }

    private void shard(Shard shard) throws IOException {
        String name = "shard-" + shard.id();
        Set<PartSummary> shared = new HashSet<>();
        if (previous.isPresent()) {
            shared.addAll(Manifest.load(io, previous.get().resolve(name)).parts());
        }
        io.createDirectories(target.resolve(name).resolve("series"));
        Manifest manifest =
                shard.partSet().hold(held -> link(name, held.atRest(), shared)).atRest();
        for (PartSummary part : manifest.parts()) {
            sum(name, part, shared);
        }
        if (manifest.seriesMark() > 0) {
            copy(name + "/series/series.log");
        }
        manifest.store(io, target.resolve(name));
        entered(name + "/" + Manifest.FILE, null);
    }

    /// While this runs no file of a part goes, so it does no more than it must.
    private void link(String shard, Manifest manifest, Set<PartSummary> shared) throws IOException {
        for (PartSummary part : manifest.parts()) {
            Path into = target.resolve(shard);
            Path from = (shared.contains(part) ? previous.orElse(source) : source).resolve(shard);
            io.createDirectories(part.id().directory(into));
            io.link(part.id().parquetFile(from), part.id().parquetFile(into));
            io.link(part.id().indexFile(from), part.id().indexFile(into));
            io.syncDirectory(part.id().directory(into));
        }
    }

    private void sum(String shard, PartSummary part, Set<PartSummary> shared) throws IOException {
        Path into = target.resolve(shard);
        boolean known = shared.contains(part);
        sharedCount += known ? 1 : 0;
        for (Path file : List.of(part.id().parquetFile(into), part.id().indexFile(into))) {
            String path = target.relativize(file).toString();
            entered(path, known ? previousSums.get(path) : null);
        }
    }

    private void copy(String path) throws IOException {
        entered(path, BackupSums.copy(io, source.resolve(path), target.resolve(path)));
        Path directory = target.resolve(path).getParent();
        if (directory != null) {
            io.syncDirectory(directory);
        }
    }

    /// @param known sum of the file, null when it must be computed
    private void entered(String path, @Nullable String known) throws IOException {
        Path file = target.resolve(path);
        totalBytes += io.size(file);
        sums.put(path, known == null ? BackupSums.sum(io, file) : known);
    }
}
