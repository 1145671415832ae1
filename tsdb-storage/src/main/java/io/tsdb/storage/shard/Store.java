package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.NamingFileStore;
import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.BlockCache;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.CatalogState;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.DefineOutcome;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.schema.NewNames;
import io.tsdb.storage.schema.Retention;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// All shards of a node in one data directory, and the catalog, behind the logs of a node; recovers
/// them when it is opened.
///
/// ```
/// data/store       number of shards, catalog          data/shard-N/manifest   parts, log index
/// data/wal/        log of catalog and shards           data/shard-N/series/    series of the shard
/// data/clock      time of day that was believed last
/// data/lock        held while a process has it open    data/shard-N/parts/     Parquet files and their indexes
/// ```
///
/// Databases and types change through the catalog's log alone ([#define], [#createDatabase], the
/// drops); a shard's data goes by an entry of its own log after the catalog's has ended the number.
/// A crash between the two is made good at the next start.
public final class Store implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    /// The log was too full to take an entry; asked again later, it may.
    public static final class OverloadedException extends IOException {
        private static final long serialVersionUID = 1L;

        OverloadedException() {
            super("the log is overloaded, try again");
        }
    }

    private final StoreConfig config;
    private final FileStore io;
    private final InstantSource clock;
    private final FileChannel lockFile;
    private final Catalog catalog = new Catalog();
    private final NodeLog log;
    private final CatalogLog catalogLog;
    private final CatalogFile catalogFile;
    private final int shardCount;

    private final ShardTable table;

    /// Those that this node keeps, as of now.
    private final List<Shard> shards;

    private final PartStatistics partStatistics = new PartStatistics();
    private final Expiry expiry;
    private final Removals removals;
    private final StoreThreads threads = new StoreThreads();
    private final BlockCache cache;
    private final DiskRoom disk;
    private final Compactions compactions;
    private boolean closed;

    private Store(
            StoreConfig config,
            FileStore io,
            FileChannel lockFile,
            Ticker ticker,
            InstantSource clock)
            throws IOException {
        this.clock = clock;
        this.config = config;
        this.io = io;
        this.lockFile = lockFile;
        this.cache = new BlockCache(config.cacheBytesMax());
        this.disk = new DiskRoom(io, config.directory(), config.diskReserveBytes());
        this.compactions = new Compactions(threads.compaction(), disk);
        this.log = config.log().open(io, config.directory().resolve("wal"));
        this.table = new ShardTable(io, config.directory(), log, compactions);
        this.shards = table.shards();
        try {
            StoreMeta found = StoreMeta.load(io, config.directory()).orElse(null);
            var time = ConfirmedTime.open(io, config.directory(), clock, ticker, found == null);
            this.expiry = new Expiry(catalog, time, partStatistics);
            var files = new StoreFiles(io, config.directory(), log);
            if (found != null) {
                catalog.restore(found.catalog());
            }
            log.catalogOpened(catalog);
            StoreMeta meta = found == null ? files.create(config.shardCount()) : files.check(found);
            long catalogIndex = meta.catalog().index();
            this.catalogLog =
                    new CatalogLog(catalog, log.shard(NodeLog.CATALOG), threads.answers());
            this.catalogFile =
                    new CatalogFile(
                            io,
                            config.directory(),
                            meta.shardCount(),
                            catalog,
                            catalogLog,
                            catalogIndex);
            catalogLog.start(catalogIndex);
            this.shardCount = meta.shardCount();
            long began = ticker.nanos();
            table.open(shards(ticker), shardCount);
            long opened = ticker.nanos();
            sayOpened(opened - began);
            shards.forEach(Shard::start);
            shards.forEach(compactions::makeUp);
            log.recover();
            for (Shard shard : shards) {
                shard.finishRecovery();
            }
            LOG.info(
                    "log: {} entries applied in {} ms, {} points in memory since",
                    log.recoveredEntries(),
                    TimeUnit.NANOSECONDS.toMillis(ticker.nanos() - opened),
                    shards.stream().mapToLong(Shard::headPointCount).sum());
        } catch (IOException | RuntimeException | Error e) {
            abandon();
            throw e;
        }
        this.removals = new Removals(catalog, table.writers(), shards);
        removals.goOn();
        threads.start(this::tick, compactions::runWhenRoom, this::expireAndForget);
    }

    private void sayOpened(long nanos) {
        LOG.info(
                "{} shards opened in {} ms: {} databases, {} series, {} parts with {} rows",
                shards.size(),
                TimeUnit.NANOSECONDS.toMillis(nanos),
                catalog.databases().size(),
                shards.stream().mapToLong(Shard::seriesCount).sum(),
                shards.stream().mapToLong(shard -> shard.parts().size()).sum(),
                shards.stream()
                        .flatMap(shard -> shard.parts().stream())
                        .mapToLong(Part::rowCount)
                        .sum());
    }

    /// Ends what a start that fails has begun.
    private void abandon() {
        // a flush of the recovery that failed would be tried again for ever
        threads.flushes().shutdownNow();
        threads.endChecks();
        compactions.stop();
        shards.forEach(Shard::stopTaking);
        shards.forEach(Shard::endFlushes); // a writer waits for one that was only queued
        log.close();
        threads.answers().shutdown();
        try {
            for (Shard shard : shards) {
                shard.stopWriter();
            }
            threads.endFlushes();
            threads.awaitCompaction();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Shard shard : shards) {
            try {
                shard.close();
            } catch (IOException | RuntimeException e) {
                LOG.debug("shard {} was not closed in order", shard.id(), e);
            }
        }
    }

    /// Opens a data directory and recovers what it holds.
    ///
    /// @param ticker monotonic clock, for ages
    /// @param clock time of day
    /// @throws IOException also when another process has the directory open
    public static Store open(
            StoreConfig config, FileStore files, Ticker ticker, InstantSource clock)
            throws IOException {
        var io = new NamingFileStore(files);
        io.createDirectories(config.directory());
        FileChannel lockFile = DirectoryLock.take(config.directory());
        try {
            return new Store(config, io, lockFile, ticker, clock);
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    /// Text of a document of the catalog as it was saved last in a data directory that nobody has
    /// open.
    public static Optional<String> savedDocument(FileStore io, Path directory, String name)
            throws IOException {
        return StoreMeta.load(io, directory).stream()
                .flatMap(meta -> meta.catalog().documents().stream())
                .filter(document -> document.name().equals(name))
                .map(CatalogState.Document::text)
                .findFirst();
    }

    private ShardFactory shards(Ticker ticker) {
        return new ShardFactory(
                io,
                config,
                log,
                catalog,
                catalogFile,
                cache,
                partStatistics,
                expiry,
                compactions,
                clock,
                ticker,
                threads.flushes(),
                threads.syncs());
    }

    public Catalog catalog() {
        return catalog;
    }

    /// The shards that this node keeps: all, unless it is one of several.
    public List<Shard> shards() {
        return List.copyOf(shards);
    }

    /// Shards that come to this node and go from it, of one of several.
    public ShardMoves moves() {
        return new ShardMoves(
                io,
                config.directory(),
                table,
                catalogFile,
                threads.compaction(),
                threads.flushes(),
                removals);
    }

    /// The way into each shard, by number, wherever it is kept.
    public List<ShardWriter> writers() {
        return List.copyOf(table.writers());
    }

    /// The shard that owns a slot.
    public int shardOf(int slot) {
        return slot * shardCount >>> 10;
    }

    /// Whether the disk has so little room that writes must be refused.
    public boolean diskLow() {
        return disk.isLow();
    }

    /// Writes are refused while the disk has less room than that.
    public long diskReserveBytes() {
        return config.diskReserveBytes();
    }

    /// The same by a look at the disk now, for those whose write has just failed.
    public boolean lookWhetherDiskIsLow() {
        return disk.look();
    }

    public BlockCache cache() {
        return cache;
    }

    public NodeLog log() {
        return log;
    }

    /// Logs definitions; told what became of them once the catalog has come to their entry.
    ///
    /// @return fails with an [IOException] when the log does not take them; nothing is defined
    ///   then, unless the log failed
    public CompletableFuture<DefineOutcome> define(Definitions definitions) {
        Optional<String> violation = NewNames.violation(catalog, definitions);
        return violation.isPresent()
                ? CompletableFuture.failedFuture(new IOException(violation.get()))
                : catalogLog.define(definitions);
    }

    /// Creates a database for good.
    ///
    /// @return whether it is new
    public boolean createDatabase(String database) throws IOException {
        Optional<String> violation = NewNames.violation(catalog, database);
        if (violation.isPresent()) {
            throw new IOException(violation.get());
        }
        return !catalog.hasDatabase(database) && get(catalogLog.createDatabase(database));
    }

    /// Gives a document of the catalog a new text, for good and on every node.
    ///
    /// @param expected index of the text that it was made from, 0 when there was none
    /// @return false when another text was set since: the catalog has that one now
    public boolean setDocument(String name, long expected, String text) throws IOException {
        return get(catalogLog.setDocument(name, expected, text));
    }

    /// Sets how long rows of a database are kept, or of one of its measurements, for good: what is
    /// older is not seen from now on, and goes.
    ///
    /// @param measurement empty for the database: those of its measurements that have no limit of
    ///   their own
    /// @return false when there is no such database or measurement
    public boolean setRetention(String database, Optional<String> measurement, Retention retention)
            throws IOException {
        DatabaseSchema found = catalog.database(database);
        if (found == null) {
            return false;
        }
        int number = 0;
        if (measurement.isPresent()) {
            MeasurementSchema schema = found.measurement(measurement.get());
            if (schema == null) {
                return false;
            }
            number = schema.number();
        }
        return get(catalogLog.setRetention(found.number(), number, retention));
    }

    /// Drops a database with everything in it.
    ///
    /// @return false when there is no such database
    public boolean dropDatabase(String database) throws IOException {
        DatabaseSchema dropped = catalog.database(database);
        if (dropped == null || !get(catalogLog.dropDatabase(dropped.number()))) {
            return false;
        }
        removals.run(new LogEntry.DropDatabase(dropped.number()));
        return true;
    }

    /// Drops a measurement with everything in it.
    ///
    /// @return false when there is no such measurement
    public boolean dropMeasurement(String database, String measurement) throws IOException {
        MeasurementSchema dropped = catalog.measurement(database, measurement).orElse(null);
        if (dropped == null || !get(catalogLog.dropMeasurement(dropped.id()))) {
            return false;
        }
        removals.run(new LogEntry.DropMeasurement(dropped.id()));
        return true;
    }

    private static <T> T get(CompletableFuture<T> outcome) throws IOException {
        try {
            return outcome.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw new IOException(failure.getMessage(), failure);
            }
            throw e;
        }
    }

    /// Flushes every shard; done when all their parts are durable.
    public void flush() {
        startFlush().join();
    }

    private CompletableFuture<Void> startFlush() {
        return CompletableFuture.allOf(
                shards.stream().map(Shard::flush).toArray(CompletableFuture[]::new));
    }

    /// @param otherwise what comes of a failure
    private void flushBefore(String otherwise) throws IOException {
        try {
            flush();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(otherwise + ": a flush failed: " + cause.getMessage(), e);
        }
    }

    /// Copies everything that was acknowledged before the call to a new directory, while writes go
    /// on.
    ///
    /// @param target must not exist; on the same disk parts take no room there
    /// @param previous an older backup of this store, whose parts are taken from there
    /// @param beside names of files of others in the data directory that are to be in it; those
    ///   that are not there are passed over
    /// @throws IOException also when the target exists; what was written is removed then
    public BackupSummary backup(Path target, Optional<Path> previous, List<String> beside)
            throws IOException {
        flushBefore("no backup was made");
        return copy(io, target, previous, beside);
    }

    /// The part of a backup that comes behind the flush.
    ///
    /// @param through files of the backup are written and read through it
    BackupSummary copy(FileStore through, Path target, Optional<Path> previous, List<String> beside)
            throws IOException {
        return new Backup(through, config.directory(), target, previous, catalogFile)
                .run(shards, beside);
    }

    /// Writes the rows of a measurement that were acknowledged before the call as plain Parquet
    /// files, one a day and shard: `DAY/shard-N.parquet`.
    ///
    /// @param target must not exist
    /// @throws IOException also when there is no such measurement
    public ExportSummary export(String database, String measurement, TimeRange range, Path target)
            throws IOException {
        MeasurementSchema schema =
                catalog.measurement(database, measurement)
                        .orElseThrow(
                                () ->
                                        new IOException(
                                                "there is no measurement '"
                                                        + measurement
                                                        + "' in database '"
                                                        + database
                                                        + "'"));
        flushBefore("nothing was exported");
        return new ParquetExport(io, schema, config.parts(), target)
                .run(shards, ShardScan.visible(schema, range, clock));
    }

    /// Merges parts until nothing is due; what runs on its own every few seconds. Replicas merge
    /// when a head was cut: of these the one that leads has it cut.
    public void compact() {
        compactions.run();
    }

    /// Removes parts in which every row is older than the retention; what runs on its own every
    /// minute.
    public void expire() {
        expiry.run(shards);
    }

    private void expireAndForget() {
        expire();
        forgetEmptySeries();
    }

    /// Forgets series that have no row left; what runs on its own every minute.
    public void forgetEmptySeries() {
        for (Shard shard : shards) {
            try {
                shard.forgetEmptySeries();
            } catch (IOException e) {
                LOG.warn("series without rows of shard {} are forgotten later", shard.id(), e);
            }
        }
    }

    /// What was found damaged, each in a line that names the file, seen from the data directory.
    public List<String> damages() {
        String inside = config.directory() + "/";
        return shards.stream()
                .flatMap(shard -> shard.partSet().damages().texts().stream())
                .map(text -> text.replace(inside, ""))
                .toList();
    }

    /// Done, one by one, when everything that any node had acknowledged before the call is seen by
    /// scans here: of shards by their numbers, and of the catalog ([NodeLog#CATALOG]).
    public Map<Integer, CompletableFuture<Void>> caughtUp(Collection<Integer> numbers) {
        Map<Integer, CompletableFuture<Void>> delivered = log.caughtUp(numbers);
        if (log.isReplicated()) { // else it was acknowledged once applied
            delivered.replaceAll(
                    (number, done) ->
                            number == NodeLog.CATALOG
                                    ? done // which applies what is delivered at once
                                    : done.thenCompose(_ -> shard(number).orElseThrow().reached()));
        }
        return delivered;
    }

    /// The same of one.
    public CompletableFuture<Void> caughtUp(int number) {
        return Objects.requireNonNull(caughtUp(List.of(number)).get(number));
    }

    /// A shard that is here.
    public Optional<Shard> shard(int number) {
        return table.find(number);
    }

    /// What flushes and compactions wrote since the start.
    public PartStatistics partStatistics() {
        return partStatistics;
    }

    /// What keeps writes from being taken, or what was taken from coming to parts; empty when all
    /// is well. A full disk is told by [#diskLow].
    public Optional<String> trouble() {
        Optional<String> failed = log.trouble();
        return failed.isPresent()
                ? failed
                : shards.stream().flatMap(shard -> shard.trouble().stream()).findFirst();
    }

    private void tick() {
        disk.look();
        shards.forEach(Shard::watch);
        removals.goOn();
    }

    /// Applies what is logged, flushes, and closes everything.
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        threads.endChecks();
        compactions.stop();
        List<CompletableFuture<Void>> last = startLastFlush();
        shards.forEach(Shard::stopTaking);
        log.close();
        try {
            threads.awaitCompaction();
            for (Shard shard : shards) {
                shard.stopWriter();
            }
            awaitLastFlush(last);
            threads.endFlushes();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        saveCatalog();
        threads.answers().shutdown();
        try (lockFile) {
            closeShards();
        }
    }

    /// One that fails with its disk keeps no other open, and the directory is free afterwards.
    private void closeShards() throws IOException {
        IOException failed = null;
        for (Shard shard : shards) {
            try {
                shard.close();
            } catch (IOException e) {
                if (failed == null) {
                    failed = e;
                } else {
                    failed.addSuppressed(e);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private List<CompletableFuture<Void>> startLastFlush() {
        threads.flushOnEveryCore(shards.size());
        return shards.stream().filter(Shard::needsFlushToStop).map(Shard::flush).toList();
    }

    private void awaitLastFlush(List<CompletableFuture<Void>> last) throws InterruptedException {
        try {
            CompletableFuture.allOf(last.toArray(CompletableFuture[]::new))
                    .get(config.stopFlushMax().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            shards.forEach(Shard::abandonFlush);
            LOG.warn(
                    "not all was flushed within {} ms: the next start replays the log",
                    config.stopFlushMax().toMillis());
        } catch (ExecutionException e) {
            LOG.warn("the last flush failed: the next start replays the log", e.getCause());
        }
    }

    private void saveCatalog() {
        try {
            catalogFile.save();
        } catch (IOException e) {
            LOG.warn("the catalog was not saved: the next start replays its log", e);
        }
    }
}
