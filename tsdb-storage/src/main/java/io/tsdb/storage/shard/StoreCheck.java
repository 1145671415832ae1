package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.LogCheck;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.part.PartCheck;
import io.tsdb.storage.part.PartRepair;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.series.SeriesCheck;
import io.tsdb.storage.shard.CheckReport.Fate;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Reads every byte of a data directory that nobody has open, or of a backup, names every damage,
/// and mends what can be mended. One thread, once.
///
/// What is mended, and how, is said in `docs/check.md`.
public final class StoreCheck {
    /// Where files go that are given up, in the data directory.
    static final String QUARANTINE = "quarantine";

    private final FileStore io;
    private final Path directory;
    private final boolean repairs;
    private final boolean isReplica;
    private final List<CheckReport.Finding> findings = new ArrayList<>();
    private final Map<Integer, Manifest> manifests = new TreeMap<>();
    private final Set<Integer> lost = new HashSet<>();
    private long partCount;
    private long totalBytes;

    private StoreCheck(FileStore io, Path directory, boolean repairs, boolean isReplica) {
        this.io = io;
        this.directory = directory;
        this.repairs = repairs;
        this.isReplica = isReplica;
    }

    /// @param repairs whether what can be mended is
    /// @param isReplica whether other nodes keep the same parts: what can be had from there is not
    ///   given up
    /// @throws IOException when a process has the directory open, it is none, or a disk fails
    public static CheckReport run(FileStore io, Path directory, boolean repairs, boolean isReplica)
            throws IOException {
        boolean isBackup = io.exists(directory.resolve(BackupSums.FILE));
        if (isBackup && repairs) {
            throw new IOException(
                    directory + " is a backup: what it holds is as it was, or it is none");
        }
        boolean hasLock = io.exists(directory.resolve(DirectoryLock.FILE));
        if (!hasLock && !isBackup && !io.exists(directory.resolve(StoreMeta.FILE))) {
            throw new IOException(directory + " is no data directory and no backup");
        }
        try (FileChannel _ = hasLock ? DirectoryLock.take(directory) : null) {
            var check = new StoreCheck(io, directory, repairs, isReplica);
            if (isBackup) {
                check.sums();
            } else if (!hasLock) {
                check.note(
                        directory
                                + ": no node has run here, as far as its files say; a backup"
                                + " without "
                                + BackupSums.FILE
                                + " is not complete");
            }
            return check.run(hasLock);
        }
    }

    private CheckReport run(boolean isNodes) throws IOException {
        StoreMeta meta = meta();
        clock(isNodes);
        int shardCount = meta == null ? shardsThere() : meta.shardCount();
        for (int shard = 0; shard < shardCount; shard++) {
            readManifest(shard);
        }
        if (meta != null) {
            requireNewest(meta);
        }
        newest(meta);
        LogCheck.Outcome log = log(meta, shardCount);
        for (int shard = 0; shard < shardCount; shard++) {
            if (lost.contains(shard)) {
                rebuildManifest(shard, log);
            }
            Manifest manifest = manifests.get(shard);
            if (manifest != null) {
                manifests.put(shard, parts(shard, manifest));
                series(shard, log);
            }
        }
        return new CheckReport(List.copyOf(findings), partCount, totalBytes, log.entryCount());
    }

    private void say(Fate fate, String text) {
        findings.add(new CheckReport.Finding(fate, text));
    }

    /// Says what is as it may be behind a restore: there is nothing to mend.
    private void note(String text) {
        if (!repairs) {
            say(Fate.NOTE, text);
        }
    }

    private void damaged(CorruptDataException damage, String remedy) {
        say(Fate.DAMAGED, damage.getMessage() + remedy);
    }

    private Path shard(int number) {
        return StoreFiles.shard(directory, number);
    }

    private int shardsThere() throws IOException {
        int count = 0;
        while (io.exists(shard(count))) {
            count++;
        }
        return count;
    }

    private void sums() throws IOException {
        try {
            for (Map.Entry<String, String> entry : BackupSums.read(io, directory).entrySet()) {
                Path file = directory.resolve(entry.getKey());
                if (!io.exists(file)) {
                    say(Fate.DAMAGED, file + ": the file is missing from the backup");
                    continue;
                }
                String sum = BackupSums.sum(io, file);
                if (!sum.equals(entry.getValue())) {
                    say(
                            Fate.DAMAGED,
                            "%s: SHA-256 is %s, %s was backed up"
                                    .formatted(file, sum, entry.getValue()));
                }
            }
        } catch (CorruptDataException e) {
            damaged(e, "");
        }
    }

    private @Nullable StoreMeta meta() throws IOException {
        Path file = directory.resolve(StoreMeta.FILE);
        String remedy =
                "; without it nobody knows what the fields of parts and log are: put it back from"
                        + " a backup, the newest there is";
        try {
            StoreMeta meta = StoreMeta.load(io, directory).orElse(null);
            if (meta == null) {
                damaged(
                        new CorruptDataException(file.toString(), 0, "the file is missing"),
                        remedy);
            }
            return meta;
        } catch (CorruptDataException e) {
            damaged(e, remedy);
            return null;
        }
    }

    private void clock(boolean isNodes) throws IOException {
        if (isNodes && !io.exists(directory.resolve(ConfirmedTime.FILE))) {
            note(
                    directory.resolve(ConfirmedTime.FILE)
                            + ": the file is missing; the next start confirms the time of day"
                            + " anew");
            return;
        }
        try {
            ConfirmedTime.check(io, directory);
        } catch (CorruptDataException e) {
            if (repairs) {
                io.delete(directory.resolve(ConfirmedTime.FILE));
                say(Fate.REPAIRED, e.getMessage() + ": deleted, the next start confirms the time");
            } else {
                damaged(e, "; --repair deletes it, the next start confirms the time of day anew");
            }
        }
    }

    private void readManifest(int number) throws IOException {
        Path shard = shard(number);
        Path file = shard.resolve(Manifest.FILE);
        try {
            if (!io.exists(shard)) {
                damaged(
                        new CorruptDataException(shard.toString(), 0, "the directory is missing"),
                        " with all that the shard had: put it back from a backup");
                return;
            }
            if (!io.exists(file) && !PartCheck.list(io, shard).isEmpty()) {
                throw new CorruptDataException(file.toString(), 0, "the file is missing");
            }
            manifests.put(number, Manifest.load(io, shard));
        } catch (CorruptDataException e) {
            lost.add(number);
            if (repairs) {
                say(Fate.NOTE, String.valueOf(e.getMessage()));
            } else {
                damaged(
                        e,
                        "; do not start a node on it, since that deletes parts that no manifest"
                                + " names: --repair makes it anew from the parts");
            }
        }
    }

    private void requireNewest(StoreMeta meta) {
        try {
            manifests.forEach(
                    (shard, manifest) ->
                            StoreFiles.requireNewest(directory, meta, shard, manifest));
        } catch (CorruptDataException e) {
            damaged(e, "; a node does not start with this one");
        }
    }

    private void newest(@Nullable StoreMeta meta) throws IOException {
        Path wal = directory.resolve("wal");
        try {
            // a replica's log is elsewhere, and not this one's to read
            LogCheck.newest(io, wal, meta != null && meta.listed() && !isReplica);
        } catch (CorruptDataException e) {
            if (repairs) {
                LogCheck.acceptSegments(io, wal);
                say(
                        Fate.GIVEN_UP,
                        e.getMessage()
                                + ": the log goes on with the segments that are there; entries of a"
                                + " lost one that no part holds are gone");
            } else {
                damaged(
                        e,
                        "; --repair gives up what it held and no part holds, and lets the log go on"
                                + " with the segments that are there");
            }
        }
    }

    private LogCheck.Outcome log(@Nullable StoreMeta meta, int shardCount) throws IOException {
        var applied = new HashMap<Integer, Long>();
        for (int shard = 0; shard < shardCount; shard++) {
            applied.put(shard, Long.MAX_VALUE); // nobody knows
        }
        manifests.forEach((shard, manifest) -> applied.put(shard, manifest.positions().oldest()));
        applied.put(NodeLog.CATALOG, meta == null ? Long.MAX_VALUE : meta.catalog().index());
        LogCheck.Outcome log = LogCheck.run(io, directory.resolve("wal"), applied);
        for (CorruptDataException damage : log.damages()) {
            damaged(
                    damage,
                    "; nothing behind it can be read in order: put the segment back from a copy, or"
                            + " restore a backup");
        }
        log.bases()
                .forEach(
                        (number, base) -> {
                            if (applied.containsKey(number) && base > applied.get(number)) {
                                say(
                                        Fate.DAMAGED,
                                        "%s: entries %d to %d of %s are in no segment"
                                                .formatted(
                                                        directory.resolve("wal"),
                                                        applied.get(number) + 1,
                                                        base,
                                                        NodeLog.label(number)));
                            }
                        });
        return log;
    }

    private void rebuildManifest(int number, LogCheck.Outcome log) throws IOException {
        if (!repairs || !io.exists(shard(number))) {
            return;
        }
        var broken = new ArrayList<CorruptDataException>();
        Manifest rebuilt =
                ManifestRebuild.run(io, shard(number), log.bases().get(number), broken::add);
        for (CorruptDataException damage : broken) {
            quarantine(Path.of(damage.path()));
            say(Fate.GIVEN_UP, damage.getMessage() + ": moved to " + QUARANTINE);
        }
        rebuilt.store(io, shard(number));
        manifests.put(number, rebuilt);
        say(
                Fate.REPAIRED,
                "%s: made anew from %d parts; deletes that were not yet carried out may be undone"
                        .formatted(shard(number).resolve(Manifest.FILE), rebuilt.parts().size()));
    }

    /// Reads the parts of a shard; those that are given up leave the manifest.
    private Manifest parts(int number, Manifest manifest) throws IOException {
        Path shard = shard(number);
        Set<Path> known = new HashSet<>();
        var kept = new ArrayList<PartSummary>();
        for (PartSummary part : manifest.parts()) {
            known.add(part.id().parquetFile(shard));
            known.add(part.id().indexFile(shard));
            partCount++;
            totalBytes += part.sizeBytes();
            if (isKept(shard, part)) {
                kept.add(part);
            }
        }
        for (Path file : PartCheck.list(io, shard)) {
            if (!known.contains(file)) {
                say(Fate.NOTE, file + ": in no manifest; the next start deletes it");
            }
        }
        if (kept.size() == manifest.parts().size()) {
            return manifest;
        }
        Manifest changed = manifest.with(kept);
        changed.store(io, shard);
        return changed;
    }

    private boolean isKept(Path shard, PartSummary part) throws IOException {
        try {
            PartCheck.checkParquet(io, shard, part);
        } catch (CorruptDataException e) {
            String rows = new DamagedPart(part, e).text();
            if (isReplica) {
                say(Fate.DAMAGED, rows + "; a start takes the file from another member");
                return true;
            }
            if (!repairs) {
                say(
                        Fate.DAMAGED,
                        rows + "; put the file back from a backup, or --repair gives them up");
                return true;
            }
            quarantine(part.id().parquetFile(shard));
            quarantine(part.id().indexFile(shard));
            say(Fate.GIVEN_UP, rows + " now; what is left of it was moved to " + QUARANTINE);
            return false;
        }
        try {
            PartCheck.checkIndex(io, shard, part);
        } catch (CorruptDataException e) {
            if (repairs) {
                PartRepair.rebuildIndex(io, shard, part);
                say(Fate.REPAIRED, e.getMessage() + ": made anew from the Parquet file");
            } else {
                damaged(e, "; a start, or --repair, makes it anew from the Parquet file");
            }
        }
        return true;
    }

    private void quarantine(Path file) throws IOException {
        if (io.exists(file)) {
            Path target = directory.resolve(QUARANTINE).resolve(directory.relativize(file));
            Path parent = target.toAbsolutePath().getParent();
            if (parent != null) {
                io.createDirectories(parent);
                io.rename(file, target);
                io.syncDirectory(parent);
            }
        }
    }

    /// Ids in the log and in tombstones are those of the series log; without either it can be made
    /// anew, from the keys that the parts have.
    private void series(int number, LogCheck.Outcome log) throws IOException {
        Manifest manifest = manifests.getOrDefault(number, Manifest.empty());
        try {
            SeriesCheck.run(io, shard(number).resolve("series"), manifest.seriesMark());
        } catch (CorruptDataException e) {
            long last = log.lastIndexes().getOrDefault(number, 0L);
            boolean isFree =
                    !isReplica
                            && manifest.tombstones().isEmpty()
                            && last <= manifest.positions().oldest()
                            && log.damages().isEmpty();
            if (!isFree) {
                damaged(
                        e,
                        "; entries of the log, or deletes, name series by its numbers: put it back"
                                + " from a backup");
            } else if (repairs) {
                manifest.withoutSeries().store(io, shard(number));
                say(
                        Fate.REPAIRED,
                        e.getMessage() + ": the next start makes it anew from the parts");
            } else {
                damaged(e, "; --repair has it made anew from the parts");
            }
        }
    }
}
