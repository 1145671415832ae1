package io.tsdb.storage.shard;

import io.tsdb.storage.head.Head;
import io.tsdb.storage.head.SeriesRows;
import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.log.ShardLog;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanSource;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.series.SeriesRegistry;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// One shard: takes batches through its log into its head, flushes the head to parts, and is
/// scanned.
///
/// One writer thread applies what the log made durable, in log order; the lock is held while it
/// applies and while a scan catches its rows, so that a batch is seen whole or not at all. Flushes
/// run on the flusher's thread.
public final class Shard implements ScanSource {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);
    private static final int[] NO_IDS = {};
    private static final long TICK_MILLIS = 200;

    private record Logged(long index, LogEntry entry, int points, WriteListener listener) {}

    private final int id;
    private final Catalog catalog;
    private final SeriesRegistry registry;
    private final ShardLog log;
    private final ShardConfig config;
    private final PartSet parts;
    private final PartFlusher flusher;
    private final LongSupplier nanoTicker;

    private final LinkedBlockingQueue<Logged> queue = new LinkedBlockingQueue<>();
    private final AtomicLong queuedPoints = new AtomicLong();
    private final Thread writer;
    private volatile boolean stopping;
    private volatile @Nullable String failure;

    private final ReentrantLock lock = new ReentrantLock();
    private volatile Head head = new Head();
    private volatile @Nullable Head flushing;
    private long appliedIndex;

    /// First entry that may be in the head.
    private long headFrom;

    private long headSinceNanos;
    private boolean flushWanted;

    /// Whether a database was dropped since this process began: only then may a batch refer to
    /// dropped series.
    private boolean anyDropped;

    private volatile CompletableFuture<Void> flushed = CompletableFuture.completedFuture(null);

    /// @param parts what this shard holds already
    Shard(
            int id,
            Catalog catalog,
            SeriesRegistry registry,
            ShardLog log,
            ShardConfig config,
            PartSet parts,
            PartFlusher flusher,
            LongSupplier nanoTicker)
            throws IOException {
        this.id = id;
        this.catalog = catalog;
        this.registry = registry;
        this.log = log;
        this.config = config;
        this.flusher = flusher;
        this.nanoTicker = nanoTicker;
        this.parts = parts;
        flusher.openParts();
        this.appliedIndex = parts.logIndex();
        this.headFrom = appliedIndex + 1;
        this.anyDropped = registry.hasDropped();
        this.writer = new Thread(this::run, "shard-" + id + "-writer");
        writer.setDaemon(true);
    }

    public int id() {
        return id;
    }

    /// Whether no part holds an entry of the log yet.
    boolean wantsReplayOf(long index) {
        return index > parts.logIndex();
    }

    /// Applies a wanted entry during recovery; one thread, before [#start].
    void replay(long index, LogEntry entry) {
        lock.lock();
        try {
            apply(index, entry);
        } finally {
            lock.unlock();
        }
        if (head.bytes() > config.headBytesMax() / 2) {
            startFlush().join();
        }
    }

    void start() {
        headSinceNanos = nanoTicker.getAsLong();
        // a log that lost unsynced records must not give the indexes again that parts hold
        log.trimTo(parts.logIndex());
        writer.start();
    }

    /// Logs a batch and applies it once it is durable. Any thread.
    ///
    /// @return false when the shard is overloaded: nothing was taken and the listener is not called
    public boolean write(PointBatch batch, WriteListener listener) {
        return append(new LogEntry.Write(batch), batch.pointCount(), listener);
    }

    /// Removes a database's data from this shard once logged.
    public boolean dropDatabase(String database, WriteListener listener) {
        return append(new LogEntry.DropDatabase(database), 0, listener);
    }

    private boolean append(LogEntry entry, int points, WriteListener listener) {
        String failed = failure;
        if (failed != null || stopping) {
            listener.failed(failed == null ? "the shard is closing" : failed);
            return true;
        }
        if (points > 0 && overloaded()) {
            return false;
        }
        queuedPoints.addAndGet(points);
        boolean taken =
                log.append(
                        entry,
                        new ShardLog.Commit() {
                            @Override
                            public void durable(long index) {
                                queue.add(new Logged(index, entry, points, listener));
                            }

                            @Override
                            public void failed(Exception cause) {
                                queuedPoints.addAndGet(-points);
                                listener.failed("the log failed: " + cause.getMessage());
                            }
                        });
        if (!taken) {
            queuedPoints.addAndGet(-points);
        }
        return taken;
    }

    private boolean overloaded() {
        return queuedPoints.get() > config.queuedPointsMax()
                || memoryBytes() > config.headBytesMax();
    }

    /// Bytes of recent data in memory, the head that is being flushed included.
    public long memoryBytes() {
        Head old = flushing;
        return head.bytes() + (old == null ? 0 : old.bytes());
    }

    private void run() {
        var batch = new ArrayList<Logged>();
        try {
            while (!stopping || !queue.isEmpty()) {
                Logged first = queue.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, 63);
                    applyAll(batch);
                    batch.clear();
                }
                flushWhenDue();
            }
        } catch (InterruptedException e) {
            fail("the writer of shard " + id + " was interrupted", e, batch);
        } catch (RuntimeException | Error e) {
            fail("the writer of shard " + id + " stopped: " + e, e, batch);
        }
    }

    private void applyAll(List<Logged> batch) {
        lock.lock();
        try {
            for (Logged logged : batch) {
                apply(logged.index(), logged.entry());
            }
        } finally {
            lock.unlock();
        }
        for (Logged logged : batch) {
            queuedPoints.addAndGet(-logged.points());
            logged.listener().applied();
        }
    }

    /// An entry that cannot be applied means that memory and log differ: nothing more is taken, and
    /// a restart replays.
    private void fail(String reason, Throwable cause, List<Logged> batch) {
        failure = reason;
        LOG.error(
                "{}; the shard takes no more writes until the node is started again",
                reason,
                cause);
        var rest = new ArrayList<>(batch);
        queue.drainTo(rest);
        for (Logged logged : rest) {
            logged.listener().failed(reason);
        }
    }

    private void apply(long index, LogEntry entry) {
        switch (entry) {
            case LogEntry.Write(PointBatch batch) -> {
                if (head.isEmpty()) {
                    headSinceNanos = nanoTicker.getAsLong();
                }
                for (MeasurementRows rows : batch.measurements()) {
                    if (rows.rowCount() > 0) {
                        applyRows(batch.database(), rows);
                    }
                }
            }
            case LogEntry.DropDatabase(String database) -> applyDrop(database, index);
        }
        appliedIndex = index;
    }

    private void applyRows(String database, MeasurementRows rows) {
        int[] newIds = NO_IDS;
        List<SeriesKey> keys = rows.newSeries();
        if (!keys.isEmpty()) {
            newIds = new int[keys.size()];
            for (int i = 0; i < newIds.length; i++) {
                newIds[i] = registry.resolve(database, keys.get(i));
            }
        }
        revive(database, rows);
        head.apply(catalog.addMeasurement(database, rows.measurement()), rows, newIds);
    }

    /// Rows that were on their way when their database was dropped come after the drop: their
    /// series start anew.
    private void revive(String database, MeasurementRows rows) {
        if (!anyDropped) {
            return;
        }
        int[] series = rows.series();
        for (int row = 0; row < rows.rowCount(); row++) {
            if (series[row] >= 0 && !registry.isLive(series[row])) {
                series[row] = registry.resolve(database, registry.key(series[row]));
            }
        }
    }

    private void applyDrop(String database, long index) {
        registry.dropDatabase(database);
        anyDropped = true;
        head.dropDatabase(database);
        parts.drop(database, index);
        flushWanted = true;
    }

    private void flushWhenDue() {
        if (flushing != null) {
            return;
        }
        boolean full = head.bytes() > config.headBytesMax() / 2;
        boolean aged =
                !head.isEmpty()
                        && nanoTicker.getAsLong() - headSinceNanos > config.flushAge().toNanos();
        if (full || aged || flushWanted) {
            startFlush();
        }
    }

    /// Asks for a flush of what was applied so far. Any thread but the writer's; for tests, backup
    /// and a clean end.
    public CompletableFuture<Void> flush() {
        lock.lock();
        try {
            return flushing == null ? startFlush() : flushed.thenCompose(_ -> flush());
        } finally {
            lock.unlock();
        }
    }

    private CompletableFuture<Void> startFlush() {
        lock.lock();
        try {
            Head old = flushing == null ? head : null;
            if (old == null) {
                return flushed;
            }
            flushing = old;
            head = old.successor();
            headSinceNanos = nanoTicker.getAsLong();
            flushWanted = false;
            var cut =
                    new PartFlusher.Cut(
                            old, Math.min(headFrom, appliedIndex), appliedIndex, registry.mark());
            headFrom = appliedIndex + 1;
            var done = new CompletableFuture<Void>();
            flushed = done;
            flusher.execute(() -> flush(cut, done));
            return done;
        } finally {
            lock.unlock();
        }
    }

    private void flush(PartFlusher.Cut cut, CompletableFuture<Void> done) {
        try {
            flusher.write(
                    cut,
                    publish -> {
                        lock.lock();
                        try {
                            publish.run();
                            flushing = null;
                            flushWanted |= parts.hasDiscarded();
                        } finally {
                            lock.unlock();
                        }
                    });
            log.trimTo(cut.logIndex());
            done.complete(null);
        } catch (IOException | RuntimeException e) {
            if (!stopping) {
                LOG.error(
                        "flush of shard {} failed and will be tried again; its data stays in memory"
                                + " and in the log",
                        id,
                        e);
                var again = new CompletableFuture<Void>();
                flushed = again;
                flusher.executeLater(() -> flush(cut, again));
            }
            done.completeExceptionally(e);
        }
    }

    @Override
    public Optional<MeasurementScan> open(String database, String measurement) {
        Optional<MeasurementSchema> schema = catalog.measurement(database, measurement);
        Optional<SeriesIndex> series = registry.index(database, measurement);
        if (schema.isEmpty() || series.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ShardScan(this, schema.get(), series.get()));
    }

    ScanCapture capture(MeasurementSchema schema, int[] ids, TimeRange range) {
        @Nullable SeriesRows[] old = new SeriesRows[ids.length];
        @Nullable SeriesRows[] recent = new SeriesRows[ids.length];
        var owner = new PartSet.Owner(schema.database(), schema.name());
        List<Part> chosen;
        lock.lock();
        try {
            Head flushed = flushing;
            for (int i = 0; i < ids.length; i++) {
                old[i] = flushed == null ? null : flushed.capture(ids[i]);
                recent[i] = head.capture(ids[i]);
            }
            chosen = parts.acquire(owner, range);
        } finally {
            lock.unlock();
        }
        return new ScanCapture(ids, old, recent, chosen);
    }

    /// Shard-local id of a series, or -1. Any thread.
    public int findSeries(String database, byte[] key, int from, int to, long hash) {
        return registry.find(database, key, from, to, hash);
    }

    /// Points that were taken in since the last flush.
    public long headPointCount() {
        Head old = flushing;
        return head.pointCount() + (old == null ? 0 : old.pointCount());
    }

    public int seriesCount() {
        return registry.seriesCount();
    }

    /// Parts of this shard, by rank; open only as long as they are in the shard.
    public List<Part> parts() {
        return parts.all();
    }

    /// Applies what is logged, then stops the writer. The log goes on living until its owner closes
    /// it.
    void stopWriter() throws InterruptedException {
        stopping = true;
        if (writer.isAlive()) {
            writer.join();
        }
    }

    /// Ends a flush that is under way without its result.
    void abandonFlush() {
        flusher.abandon();
    }

    void close() throws IOException {
        parts.close();
        registry.close();
    }
}
