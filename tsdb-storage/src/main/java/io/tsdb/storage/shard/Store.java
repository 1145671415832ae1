package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.part.BlockCache;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.series.SeriesRegistry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// All shards of a node in one data directory, behind one log; recovers them when it is opened.
///
/// ```
/// data/store       number of shards, databases        data/shard-N/manifest   parts, log index
/// data/wal/        log of all shards                   data/shard-N/series/    series of the shard
/// data/lock        held while a process has it open    data/shard-N/parts/     Parquet files and their indexes
/// ```
public final class Store implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);
    private static final long DISK_CHECK_SECONDS = 1;
    private static final long COMPACTION_CHECK_SECONDS = 10;

    private final StoreConfig config;
    private final FileStore io;
    private final InstantSource clock;
    private final FileChannel lockFile;
    private final Catalog catalog = new Catalog();
    private final LocalLog log;
    private final List<Shard> shards = new ArrayList<>();
    private final List<Compactor> compactors = new ArrayList<>();
    private final PartStatistics partStatistics = new PartStatistics();
    private final ScheduledThreadPoolExecutor flushes =
            new ScheduledThreadPoolExecutor(1, work -> daemon(work, "flush"));
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "disk-watch"));
    private final ScheduledThreadPoolExecutor compactions =
            new ScheduledThreadPoolExecutor(1, work -> daemon(work, "compaction"));
    private final BlockCache cache;
    private final AtomicLong epoch = new AtomicLong();
    private volatile boolean diskLow;
    private boolean closed;

    private Store(
            StoreConfig config,
            FileStore io,
            FileChannel lockFile,
            LongSupplier nanoTicker,
            InstantSource clock)
            throws IOException {
        this.clock = clock;
        this.config = config;
        this.io = io;
        this.lockFile = lockFile;
        this.cache = new BlockCache(config.cacheBytesMax());
        StoreMeta meta = StoreMeta.load(io, config.directory()).orElse(null);
        if (meta == null) {
            meta = new StoreMeta(config.shardCount(), List.of());
            meta.store(io, config.directory());
        }
        meta.databases().forEach(catalog::createDatabase);
        this.log = LocalLog.open(io, config.directory().resolve("wal"), config.log());
        for (int id = 0; id < meta.shardCount(); id++) {
            shards.add(openShard(id, meta.shardCount(), nanoTicker));
        }
        try {
            ShardReplay.run(log, shards);
        } catch (IOException | RuntimeException e) {
            // a flush of the recovery that failed would be tried again for ever
            flushes.shutdownNow();
            throw e;
        }
        shards.forEach(Shard::start);
        watch.scheduleWithFixedDelay(this::watchDisk, 0, DISK_CHECK_SECONDS, TimeUnit.SECONDS);
        compactions.scheduleWithFixedDelay(
                this::compactWhenRoom,
                COMPACTION_CHECK_SECONDS,
                COMPACTION_CHECK_SECONDS,
                TimeUnit.SECONDS);
    }

    /// Opens a data directory and recovers what it holds.
    ///
    /// @param nanoTicker monotonic clock, for ages
    /// @throws IOException also when another process has the directory open
    public static Store open(StoreConfig config, FileStore io, LongSupplier nanoTicker)
            throws IOException {
        return open(config, io, nanoTicker, InstantSource.system());
    }

    /// Opens a data directory and recovers what it holds.
    ///
    /// @param nanoTicker monotonic clock, for ages
    /// @param clock time of day
    /// @throws IOException also when another process has the directory open
    public static Store open(
            StoreConfig config, FileStore io, LongSupplier nanoTicker, InstantSource clock)
            throws IOException {
        io.createDirectories(config.directory());
        FileChannel lockFile = lock(config.directory());
        try {
            return new Store(config, io, lockFile, nanoTicker, clock);
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        directory.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        FileLock held;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null;
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

    private Shard openShard(int id, int shardCount, LongSupplier nanoTicker) throws IOException {
        Path directory = config.directory().resolve("shard-" + id);
        io.createDirectories(directory);
        PartSet parts = PartSet.load(io, directory);
        SeriesRegistry registry =
                SeriesRegistry.open(io, directory.resolve("series"), catalog, parts.seriesMark());
        compactors.add(
                new Compactor(
                        io,
                        directory,
                        parts,
                        registry,
                        catalog,
                        cache,
                        config.parts(),
                        config.compaction(),
                        partStatistics,
                        clock,
                        nanoTicker));
        var flusher =
                new PartFlusher(
                        io,
                        directory,
                        parts,
                        clock,
                        registry,
                        catalog,
                        cache,
                        config.parts(),
                        partStatistics,
                        flushes);
        return new Shard(
                id,
                catalog,
                registry,
                log.shard(id),
                config.shard(shardCount),
                parts,
                flusher,
                nanoTicker);
    }

    public Catalog catalog() {
        return catalog;
    }

    public List<Shard> shards() {
        return List.copyOf(shards);
    }

    /// The shard that owns a slot.
    public int shardOf(int slot) {
        return slot * shards.size() >>> 10;
    }

    /// Changes whenever series ids or schemas that were handed out may have become void.
    public long epoch() {
        return epoch.get();
    }

    /// Whether the disk has so little room that writes must be refused.
    public boolean diskLow() {
        return diskLow;
    }

    public BlockCache cache() {
        return cache;
    }

    public LocalLog log() {
        return log;
    }

    /// Creates a database for good.
    ///
    /// @return whether it is new
    public synchronized boolean createDatabase(String database) throws IOException {
        if (catalog.hasDatabase(database)) {
            return false;
        }
        var databases = catalog.databases();
        databases.add(database);
        new StoreMeta(shards.size(), databases).store(io, config.directory());
        return catalog.createDatabase(database);
    }

    /// Drops a database with everything in it.
    ///
    /// @return false when there is no such database
    public synchronized boolean dropDatabase(String database) throws IOException {
        if (!catalog.hasDatabase(database)) {
            return false;
        }
        var drops = new ArrayList<CompletableFuture<Void>>();
        for (Shard shard : shards) {
            var done = new CompletableFuture<Void>();
            drops.add(done);
            if (!shard.dropDatabase(database, listener(done))) {
                throw new IOException(
                        "database '"
                                + database
                                + "' was not dropped: the log is overloaded, try again");
            }
        }
        try {
            CompletableFuture.allOf(drops.toArray(CompletableFuture[]::new)).join();
        } catch (java.util.concurrent.CompletionException e) {
            throw new IOException(
                    "database '" + database + "' was not dropped: " + e.getCause(), e);
        }
        catalog.dropDatabase(database);
        epoch.incrementAndGet();
        new StoreMeta(shards.size(), catalog.databases()).store(io, config.directory());
        return true;
    }

    private static WriteListener listener(CompletableFuture<Void> done) {
        return new WriteListener() {
            @Override
            public void applied() {
                done.complete(null);
            }

            @Override
            public void failed(String reason) {
                done.completeExceptionally(new IOException(reason));
            }
        };
    }

    /// Flushes every shard; done when all their parts are durable.
    public void flush() {
        startFlush().join();
    }

    private CompletableFuture<Void> startFlush() {
        return CompletableFuture.allOf(
                shards.stream().map(Shard::flush).toArray(CompletableFuture[]::new));
    }

    /// Merges parts until nothing is due; what runs on its own every few seconds.
    public void compact() {
        compactors.forEach(Compactor::run);
    }

    /// A compaction needs room for its outputs before its inputs go.
    private void compactWhenRoom() {
        if (!diskLow) {
            compact();
        }
    }

    /// What flushes and compactions wrote since the start.
    public PartStatistics partStatistics() {
        return partStatistics;
    }

    private void watchDisk() {
        try {
            boolean low = io.usableBytes(config.directory()) < config.diskReserveBytes();
            if (low != diskLow) {
                LOG.warn(
                        low
                                ? "less than {} bytes free on the disk of {}: writes are refused"
                                : "more than {} bytes free on the disk of {}: writes are taken"
                                        + " again",
                        config.diskReserveBytes(),
                        config.directory());
                diskLow = low;
            }
        } catch (IOException e) {
            LOG.warn("free space of {} could not be read", config.directory(), e);
        }
    }

    /// Applies what is logged, flushes, and closes everything.
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        watch.shutdownNow();
        compactors.forEach(Compactor::stop);
        compactions.shutdown();
        log.close();
        try {
            if (!compactions.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("a compaction was still running at the end");
            }
            for (Shard shard : shards) {
                shard.stopWriter();
            }
            flushAtClose();
            flushes.shutdown();
            if (!flushes.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("a flush was still running at the end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Shard shard : shards) {
            shard.close();
        }
        lockFile.close();
    }

    /// Nothing else runs any more, so every core may flush.
    private void flushAtClose() throws InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        flushes.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        flushes.setCorePoolSize(Math.min(shards.size(), cores));
        try {
            startFlush().get(config.stopFlushMax().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            shards.forEach(Shard::abandonFlush);
            LOG.warn(
                    "not all was flushed within {} ms: the next start replays the log",
                    config.stopFlushMax().toMillis());
        } catch (ExecutionException e) {
            LOG.warn("the last flush failed: the next start replays the log", e.getCause());
        }
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
