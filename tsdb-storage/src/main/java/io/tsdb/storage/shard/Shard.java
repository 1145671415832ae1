package io.tsdb.storage.shard;

import io.tsdb.storage.head.Head;
import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.log.ShardLog;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanSource;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.series.SeriesRegistry;
import io.tsdb.storage.shard.WriterQueue.Append;
import io.tsdb.storage.shard.WriterQueue.Step;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// One shard: a state machine over its log. Batches go through the log into its head, the head is
/// flushed to parts, and all of it is scanned.
///
/// One writer thread takes what the log delivers, in log order, has the [ShardState] apply it, and
/// answers each append by itself. Flushes run on the flusher's thread.
public final class Shard implements ScanSource, ShardWriter {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);
    private static final long TICK_MILLIS = 200;

    private final int id;
    private final Catalog catalog;
    private final SeriesRegistry registry;
    private final ShardLog log;
    private final ShardConfig config;
    private final PartSet parts;
    private final FlushQueue flushes;
    private final ShardState state;
    private final Ticker ticker;
    private final InstantSource clock;

    private final WriterQueue queue;
    private final Overload overload;
    private final Thread writer;
    private volatile boolean recovering = true;
    private volatile boolean closing;
    private volatile boolean stopping;
    private volatile @Nullable String failure;

    private final Forgetting forgetting;
    private volatile boolean flushProposed;

    /// @param parts what this shard holds already
    Shard(
            int id,
            Catalog catalog,
            SeriesRegistry registry,
            ShardLog log,
            ShardConfig config,
            PartSet parts,
            PartFlusher flusher,
            Ticker ticker,
            InstantSource clock)
            throws IOException {
        this.id = id;
        this.catalog = catalog;
        this.registry = registry;
        this.log = log;
        this.queue = new WriterQueue(log.isReplicated());
        this.config = config;
        this.ticker = ticker;
        this.clock = clock;
        this.parts = parts;
        // fair, so that a scan, which takes it again and again, lets the writer in between
        var lock = new ReentrantLock(true);
        this.flushes = new FlushQueue(id, flusher, parts, lock, log);
        flusher.openParts();
        this.state =
                new ShardState(
                        id,
                        lock,
                        catalog,
                        registry,
                        parts,
                        flushes,
                        log.isReplicated(),
                        config,
                        ticker);
        this.overload = new Overload(id, config, queue, flushes, () -> state.head().bytes());
        var series = new Series();
        this.forgetting =
                new Forgetting(
                        registry,
                        new EmptySeries(lock, catalog, registry, parts, flushes, series),
                        series);
        this.writer = new Thread(this::run, "shard-" + id + "-writer");
        writer.setDaemon(true);
    }

    public int id() {
        return id;
    }

    /// Asks the log for its entries, and applies them from now on.
    void start() {
        state.headBegins();
        LogPositions resumed = state.resumed();
        log.start(resumed.oldest(), resumed.newest(), queue::deliver);
        writer.start();
    }

    /// Waits until what the log delivered so far is applied, and goes over to normal operation.
    ///
    /// @throws IOException when it could not be applied
    void finishRecovery() throws IOException {
        queue.recovered();
        try {
            queue.reached().join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case UncheckedIOException cause -> throw notRecovered(cause, e);
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null -> throw notRecovered(e, e);
                case Throwable cause -> throw notRecovered(cause, e);
            }
        }
        recovering = false;
        state.headBegins();
        flushes.recovered();
        registry.measurements().forEach(parts::shrunk);
    }

    private IOException notRecovered(Throwable cause, CompletionException thrown) {
        return new IOException(
                "shard " + id + " could not be recovered: " + cause.getMessage(), thrown);
    }

    /// Logs a batch and applies it once it is committed. Any thread.
    ///
    /// @param batch with the catalog's numbers
    /// @return false when the shard is overloaded: nothing was taken and the listener is not called
    @Override
    public boolean write(PointBatch batch, WriteListener listener) {
        return forgetting.append(
                batch, () -> append(new LogEntry.Write(batch), batch.pointCount(), listener));
    }

    /// Whether a write would be refused now.
    @Override
    public boolean isOverloaded() {
        return overload.isNow();
    }

    /// Removes the data of a database or a measurement that has ended, once logged.
    @Override
    public boolean remove(LogEntry removal, WriteListener listener) {
        return append(removal, 0, listener);
    }

    /// Begins a delete: every batch that was applied before the call is in parts when this returns,
    /// and those parts are what the delete is decided on. Waits for a flush.
    ///
    /// @throws IOException when the flush fails; where it fails for some measurements, nothing can
    ///   be deleted from these
    public Deletion beginDelete() throws IOException {
        FlushFailure failure = null;
        try {
            flush().join();
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof FlushFailure some)) {
                throw new IOException(
                        "nothing was deleted: the flush before failed: " + e.getMessage(),
                        e.getCause());
            }
            failure = some;
        }
        return new Deletion(this, parts.pin(!log.isReplicated()), failure);
    }

    /// Takes rows away that were decided on in a deletion's snapshot, once logged.
    boolean delete(LogEntry.Delete delete, WriteListener listener) {
        return append(delete, 0, listener);
    }

    private boolean append(LogEntry entry, int points, WriteListener listener) {
        String failed = failure;
        if (failed != null || closing) {
            listener.failed(failed == null ? "the shard is closing" : failed);
            return true;
        }
        if (entry instanceof LogEntry.Write(PointBatch batch)
                && points > 0
                && (overload.isNow() || overload.holdsBack(batch))) {
            return false;
        }
        Append append = queue.new Append(points, listener);
        boolean taken = log.append(entry, append);
        if (!taken) {
            append.end();
        }
        return taken;
    }

    /// What keeps this shard from taking writes, or from flushing; empty when all is well.
    public Optional<String> trouble() {
        String flush = flushes.trouble();
        if (failure != null) {
            return Optional.ofNullable(failure);
        }
        if (flush != null) {
            return Optional.of(flush);
        }
        return overload.isNow() ? Optional.of(overload.text()) : Optional.empty();
    }

    /// Says in the log, now and then, that writes are refused, and when they are taken again. What
    /// waits to be used again goes when points have come to want its room. Once a second.
    void watch() {
        overload.watch();
        state.shrinkIdle(Math.max(0, config.headBytesMax() - memoryBytes()));
    }

    /// Bytes of recent data in memory, heads that wait for their flush included.
    public long memoryBytes() {
        return overload.memoryBytes();
    }

    /// Bytes of buffers of recent data that wait to be used again.
    public long idleBytes() {
        return state.idleBytes();
    }

    private void run() {
        try {
            while (!stopping || !queue.isEmpty()) {
                switch (queue.take(TICK_MILLIS)) {
                    case null -> {}
                    case Step.Apply(long index, LogEntry entry, Append append) -> {
                        applyOne(index, entry, append);
                        queue.applied();
                    }
                    case Step.Reached(CompletableFuture<Void> reached) -> reached.complete(null);
                }
                if (!recovering) {
                    flushWhenDue();
                }
            }
        } catch (InterruptedException e) {
            fail("the writer of shard " + id + " was interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            fail("shard " + id + " could not flush while it recovers: " + cause, cause);
        } catch (RuntimeException | Error e) {
            fail("the writer of shard " + id + " stopped: " + e, e);
        }
    }

    private void applyOne(long index, LogEntry entry, @Nullable Append append)
            throws InterruptedException, ExecutionException {
        boolean applied = false;
        boolean isVoid = state.isVoid(entry);
        try {
            if (entry instanceof LogEntry.Delete && log.isReplicated()) {
                awaitParts();
            }
            state.apply(index, entry);
            applied = true;
        } finally {
            if (append != null) {
                WriteListener listener = append.end();
                if (isVoid) {
                    listener.failed(Deletion.OVERTAKEN);
                } else if (applied) {
                    listener.applied();
                } else {
                    listener.failed("the entry could not be applied; restart the node");
                }
            }
        }
        if (recovering) {
            boundMemory(entry instanceof LogEntry.Flush);
        } else if (log.isReplicated() && overload.isOverMemory()) {
            awaitFlush();
        }
    }

    /// What other nodes have appended cannot be refused any more: it waits in the log until there
    /// is memory.
    private void awaitFlush() throws InterruptedException {
        try {
            flushes.newest().get();
        } catch (ExecutionException e) {
            LOG.debug("shard {} goes on above its memory: its flush failed", id, e);
        }
    }

    /// Rows that a delete takes away are in parts when it is applied: scans look for deletes there
    /// alone.
    private void awaitParts() throws InterruptedException, ExecutionException {
        boolean flushed = false;
        while (!flushed && !stopping) {
            try {
                flushes.newest().get();
                flushed = true;
            } catch (ExecutionException e) {
                if (recovering) {
                    throw e;
                }
                LOG.debug("shard {}: a delete waits for a flush that failed", id, e);
                TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
            }
        }
    }

    /// While it recovers, a shard waits for its flushes; one that this node's memory asks for, and
    /// the log has not, is its own affair.
    private void boundMemory(boolean cut) throws InterruptedException, ExecutionException {
        if (!cut && state.head().bytes() > config.headBytesMax()) {
            state.cut(0);
            cut = true;
        }
        if (cut) {
            try {
                flushes.newest().get();
            } catch (ExecutionException e) {
                if (memoryBytes() > config.headBytesMax() * 3 / 2) {
                    throw e;
                }
                // there is room to start, and to try again
            }
        }
    }

    /// An entry that cannot be applied means that memory and log differ: nothing more is taken, and
    /// a restart replays.
    private void fail(String reason, Throwable cause) {
        failure = reason;
        if (!recovering) {
            LOG.error(
                    "{}; the shard takes no more writes until the node is started again",
                    reason,
                    cause);
        }
        queue.fail(cause);
    }

    /// Measurements whose data is here.
    List<MeasurementId> measurements() {
        return registry.measurements();
    }

    private LogEntry flushEntry() {
        return new LogEntry.Flush(log.isReplicated() ? clock.instant().getEpochSecond() : 0);
    }

    private void flushWhenDue() {
        if (flushProposed || flushes.isBusy() || !log.proposes()) {
            return;
        }
        Head head = state.head();
        boolean full = head.bytes() > config.headBytesMax() / 2;
        boolean aged =
                !head.isEmpty()
                        && ticker.nanos() - state.headSinceNanos() > config.flushAge().toNanos();
        if (full || aged || parts.hasDiscarded()) {
            flushProposed = true;
            if (!append(flushEntry(), 0, new FlushAnswer())) {
                flushProposed = false; // the log is full: tried again soon
            }
        }
    }

    /// Told of a proposed flush on the writer's thread, or on the log's when it failed.
    private final class FlushAnswer implements WriteListener {
        @Override
        public void applied() {
            flushProposed = false;
        }

        @Override
        public void failed(String reason) {
            flushProposed = false;
            LOG.debug("shard {} was not flushed: {}", id, reason);
        }
    }

    /// Asks for a flush of what was logged so far: an entry of the log, like all else. Any thread.
    public CompletableFuture<Void> flush() {
        var applied = new CompletableFuture<Void>();
        // before the append: it is the newest flush at that entry which is meant
        CompletableFuture<Void> done = applied.thenCompose(_ -> flushes.newest());
        if (!append(flushEntry(), 0, WriteListener.completing(applied))) {
            applied.completeExceptionally(
                    new IOException("shard " + id + " was not flushed: the log is overloaded"));
        }
        return done;
    }

    /// Forgets series that lost their last row, by a compaction or since it expired. One thread at
    /// a time.
    ///
    /// Not of a replicated log: what other nodes have on their way may still name a series by its
    /// id, and only this node's batches are looked through before one goes.
    void forgetEmptySeries() throws IOException {
        if (log.isReplicated()) {
            return;
        }
        for (MeasurementId measurement : parts.takeShrunk()) {
            boolean done = false;
            try {
                done = forgetting.run(measurement);
            } finally {
                if (!done) {
                    parts.shrunk(measurement);
                }
            }
        }
    }

    private final class Series implements Forgetting.Source {
        @Override
        public boolean isRecovering() {
            return recovering;
        }

        @Override
        public Head head() {
            return state.head();
        }

        @Override
        public RoaringBitmap named() {
            return state.named();
        }

        @Override
        public long cuts() {
            return state.cuts();
        }

        @Override
        public boolean append(LogEntry entry, WriteListener listener) {
            return Shard.this.append(entry, 0, listener);
        }
    }

    @Override
    public Optional<MeasurementScan> open(String database, String measurement) {
        return open(database, measurement, state.catcher()::all, state.latest());
    }

    /// Like [#open], for rows that lie in parts.
    Optional<MeasurementScan> openParts(String database, String measurement) {
        return open(database, measurement, state.catcher()::inParts, null);
    }

    private Optional<MeasurementScan> open(
            String database,
            String measurement,
            ShardScan.Capture capture,
            @Nullable LatestTables tables) {
        MeasurementSchema schema = catalog.measurement(database, measurement).orElse(null);
        if (schema == null) {
            return Optional.empty();
        }
        Optional<SeriesIndex> series = registry.index(schema.id());
        return series.map(index -> new ShardScan(capture, schema, index, clock, tables));
    }

    /// Shard-local id of a series, or -1. Any thread.
    @Override
    public int findSeries(MeasurementId measurement, byte[] key, int from, int to, long hash) {
        return registry.find(measurement, key, from, to, hash);
    }

    /// The key of a series, live or not.
    public SeriesKey key(int seriesId) {
        return registry.key(seriesId);
    }

    /// Points that were taken in since the last flush.
    public long headPointCount() {
        return state.head().pointCount() + flushes.pointCount();
    }

    public long seriesBytes() {
        return registry.memoryBytes();
    }

    /// Memory of the tables of newest rows.
    public long latestBytes() {
        return state.latest().bytes();
    }

    public int seriesCount() {
        return registry.seriesCount();
    }

    @Override
    public int forgottenSeriesCount() {
        return registry.forgottenCount();
    }

    /// Live series of a database.
    public int seriesCount(int database) {
        return registry.seriesCount(database);
    }

    /// Live series of a measurement.
    public int seriesCount(int database, int measurement) {
        return registry.seriesCount(database, measurement);
    }

    /// Parts of this shard, by rank; open only as long as they are in the shard.
    public List<Part> parts() {
        return parts.all();
    }

    /// Done when everything that was cut is in parts; or when a try has failed.
    CompletableFuture<Void> newestFlush() {
        return flushes.newest();
    }

    /// Whether parts are known to be damaged.
    public boolean isDamaged() {
        return !parts.damages().isEmpty();
    }

    PartSet partSet() {
        return parts;
    }

    /// Whether nothing was logged that parts do not hold.
    boolean isFlushed() {
        return headPointCount() == 0 && log.lastIndex() <= parts.positions().oldest();
    }

    /// Whether replicas merge the same parts: at each cut, by what its entry says.
    boolean isReplicated() {
        return log.isReplicated();
    }

    /// Whether this node removes what has ended, for all replicas.
    boolean proposes() {
        return log.proposes();
    }

    /// Whether a clean stop leaves nothing to be replayed. A replica's does: its log is at hand
    /// when it comes back, and a flush would be one for all of them.
    boolean needsFlushToStop() {
        return !log.isReplicated() && !isFlushed();
    }

    /// Done when what the log has delivered before is applied.
    CompletableFuture<Void> reached() {
        return queue.reached();
    }

    /// Takes no more; what the log delivers is still applied.
    void stopTaking() {
        closing = true;
        flushes.stopRetrying();
    }

    /// Applies what was delivered, then stops the writer. Behind the end of the log.
    void stopWriter() throws InterruptedException {
        stopping = true;
        queue.wake(); // it need not wait for its next tick
        if (writer.isAlive()) {
            writer.join();
        }
    }

    /// Tells those who wait for a flush that there will be none. Behind the end of the flusher.
    void endFlushes() {
        flushes.end();
    }

    /// Ends a flush that is under way without its result.
    void abandonFlush() {
        flushes.abandon();
    }

    void close() throws IOException {
        parts.close();
        registry.close();
    }
}
