package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.part.PartSummary;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/// Shards that come to a node of a cluster and go from it while it runs. One thread at a time.
///
/// What comes is a copy of another node's parts and series log, as of one index of the shard's log;
/// the log goes on from there.
public final class ShardMoves {
    private static final Logger LOG = LoggerFactory.getLogger(ShardMoves.class);
    private static final String SERIES_LOG = "series/series.log";

    private final FileStore io;
    private final Path directory;
    private final ShardTable table;
    private final CatalogFile catalogFile;
    private final ExecutorService compactions;
    private final ExecutorService flushes;
    private final Removals removals;

    /// @param directory of the store
    /// @param compactions, flushes run what may work on a shard that goes
    ShardMoves(
            FileStore io,
            Path directory,
            ShardTable table,
            CatalogFile catalogFile,
            ExecutorService compactions,
            ExecutorService flushes,
            Removals removals) {
        this.io = io;
        this.directory = directory;
        this.table = table;
        this.catalogFile = catalogFile;
        this.compactions = compactions;
        this.flushes = flushes;
        this.removals = removals;
    }

    /// Where the files of a shard lie.
    public Path directory(int shard) {
        return StoreFiles.shard(directory, shard);
    }

    public boolean isHere(int shard) {
        return table.find(shard).isPresent();
    }

    /// Writes the catalog to its file: nothing that is written behind that needs a newer one.
    public void saveCatalog() throws IOException {
        catalogFile.save();
    }

    /// Gives the files of a shard that is here other names in a new directory, as of one index of
    /// its log: a late one behind a [#flush].
    ///
    /// @return names in that directory, the manifest last
    public List<String> copy(int shard, Path target) throws IOException {
        Shard found = found(shard);
        Path source = directory(shard);
        io.createDirectories(target.resolve("series"));
        Manifest manifest =
                found.partSet().hold(held -> link(source, target, held.atRest())).atRest();
        var files = new ArrayList<String>();
        for (PartSummary part : manifest.parts()) {
            files.add(target.relativize(part.id().parquetFile(target)).toString());
            files.add(target.relativize(part.id().indexFile(target)).toString());
        }
        if (manifest.seriesMark() > 0) {
            BackupSums.copy(io, source.resolve(SERIES_LOG), target.resolve(SERIES_LOG));
            files.add(SERIES_LOG);
        }
        manifest.store(io, target);
        files.add(Manifest.FILE);
        return files;
    }

    private void link(Path source, Path target, Manifest manifest) throws IOException {
        for (PartSummary part : manifest.parts()) {
            io.createDirectories(part.id().directory(target));
            io.link(part.id().parquetFile(source), part.id().parquetFile(target));
            io.link(part.id().indexFile(source), part.id().indexFile(target));
        }
    }

    /// Flushes a shard that is here, so that a copy of it needs little of its log.
    public void flush(int shard) throws IOException {
        try {
            found(shard).flush().join();
        } catch (CompletionException e) {
            throw new IOException("shard " + shard + " was not flushed: " + e.getCause(), e);
        }
    }

    /// Up to where parts of a shard that is here hold everything that was logged.
    ///
    /// @throws IOException when they hold more of some measurements
    public long loggedTo(int shard) throws IOException {
        LogPositions positions = found(shard).partSet().positions();
        if (positions.oldest() != positions.newest()) {
            throw new IOException(
                    "rows of shard "
                            + shard
                            + " could not be flushed: see the log of this command");
        }
        return positions.oldest();
    }

    private Shard found(int shard) throws IOException {
        return table.find(shard)
                .orElseThrow(() -> new IOException("shard " + shard + " is not here"));
    }

    /// Checks what has come: every file that the manifest names is there, and is what was written.
    ///
    /// @param checksums CRC32C of the files that came, by their names in the shard's directory
    /// @throws CorruptDataException names the first that is not
    public void check(int shard, Map<String, Integer> checksums) throws IOException {
        Path shardDirectory = directory(shard);
        for (PartSummary part : Manifest.load(io, shardDirectory).parts()) {
            check(
                    shardDirectory,
                    part.id().parquetFile(shardDirectory),
                    part.parquetCrc(),
                    checksums);
            check(shardDirectory, part.id().indexFile(shardDirectory), part.indexCrc(), checksums);
        }
    }

    private static void check(
            Path shardDirectory, Path file, int wanted, Map<String, Integer> checksums) {
        Integer came = checksums.get(shardDirectory.relativize(file).toString());
        if (came == null || came != wanted) {
            throw new CorruptDataException(
                    file.toString(),
                    0,
                    came == null
                            ? "did not come"
                            : "CRC is %08x, its manifest says %08x".formatted(came, wanted));
        }
    }

    /// Opens a shard whose files and log have come here, and has it apply its log. Nothing that is
    /// written here goes there yet ([#lead]).
    public void open(int shard) throws IOException {
        catalogFile.save();
        table.come(shard);
        removals.lookAgain();
    }

    /// Has what is written at this node go to its own replica, or to where the shard is kept.
    public void lead(int shard, boolean here) {
        table.lead(shard, here);
    }

    /// Whether what is written at this node goes to its own replica.
    public boolean leadsHere(int shard) {
        return table.leadsHere(shard);
    }

    /// Takes a shard away, with its log and all of its files. Nobody may read it any more.
    public void drop(int shard) throws IOException {
        catalogFile.save(); // a start must not miss it
        Shard gone = table.take(shard).orElse(null);
        table.dropLog(shard);
        if (gone != null) {
            gone.stopTaking();
            gone.abandonFlush();
            try {
                gone.stopWriter();
                behind(flushes, () -> {});
                behind(compactions, () -> close(gone));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while shard " + shard + " goes", e);
            }
        }
        io.deleteTree(directory(shard));
        io.syncDirectory(directory);
    }

    private static void behind(ExecutorService work, Runnable last) throws InterruptedException {
        Future<?> done = work.submit(last);
        try {
            done.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("BUG: what ends a shard failed", e.getCause());
        }
    }

    private static void close(Shard shard) {
        try {
            shard.close();
        } catch (IOException e) {
            LOG.warn("shard {} was not closed in order, and goes all the same", shard.id(), e);
        }
    }
}
