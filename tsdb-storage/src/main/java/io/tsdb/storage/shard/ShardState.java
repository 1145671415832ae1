package io.tsdb.storage.shard;

import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.head.ChangedSeries;
import io.tsdb.storage.head.Head;
import io.tsdb.storage.head.RowArrays;
import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.series.SeriesRegistry;

import org.roaringbitmap.RoaringBitmap;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// What the entries of a shard's log come to: the head, where it was cut, and deletes over the
/// parts.
///
/// What an entry does depends on the entries before it alone: so replay, and every replica, comes
/// to the same series ids and cuts its head at the same entries. Changed by the shard's writer; the
/// lock is held while an entry is applied and while a scan begins its snapshot, so that a batch is
/// seen whole or not at all.
final class ShardState {
    private static final int[] NO_IDS = {};

    /// Arrays that wait to be used again may take one part in so many of the memory for recent
    /// data, as long as points leave it: a flush gives back the buffers of all series at once, and
    /// they should all find room.
    private static final int ARRAYS_SHARE = 4;

    private final int id;
    private final ReentrantLock lock;
    private final Catalog catalog;
    private final SeriesRegistry registry;
    private final PartSet parts;
    private final FlushQueue flushes;
    private final boolean replicated;
    private final Ticker ticker;
    private final RowArrays arrays;
    private final ScanCatcher catcher;
    private final LatestTables latest;

    /// Where the parts stood at start: of entries up to the newest of these indexes, rows that are
    /// in parts are delivered again with rows that are not.
    private final LogPositions resumed;

    private volatile Head head;
    private long appliedIndex;

    /// First entry that may be in the head.
    private long headFrom;

    /// Newest entry that cut the head.
    private long flushedIndex;

    /// Time of day of that, where replicas decide by it.
    private long flushedSeconds;

    /// Series that batches named by their keys since the last cut, perhaps without a row.
    private RoaringBitmap named = new RoaringBitmap();

    private volatile long cuts;
    private volatile long headSinceNanos;

    /// @param parts opened
    /// @param replicated whether other nodes apply the same entries
    ShardState(
            int id,
            ReentrantLock lock,
            Catalog catalog,
            SeriesRegistry registry,
            PartSet parts,
            FlushQueue flushes,
            boolean replicated,
            ShardConfig config,
            Ticker ticker) {
        this.id = id;
        this.lock = lock;
        this.catalog = catalog;
        this.registry = registry;
        this.parts = parts;
        this.flushes = flushes;
        this.replicated = replicated;
        this.ticker = ticker;
        this.arrays = new RowArrays(config.headBytesMax() / ARRAYS_SHARE);
        var changed = new ChangedSeries();
        this.head = new Head(arrays, changed);
        this.catcher = new ScanCatcher(lock, () -> head, arrays, flushes, parts);
        this.latest = new LatestTables(lock, changed, registry, catcher, config.latestBytesMax());
        this.resumed = parts.positions();
        this.appliedIndex = resumed.oldest();
        this.headFrom = appliedIndex + 1;
        this.flushedIndex = resumed.oldest();
        this.flushedSeconds = parts.cutSeconds();
    }

    /// Where the parts stood at start.
    LogPositions resumed() {
        return resumed;
    }

    /// Recent rows; any thread.
    Head head() {
        return head;
    }

    /// When the first rows came into the head, by the ticker; any thread.
    long headSinceNanos() {
        return headSinceNanos;
    }

    /// The age of the head counts from now on.
    void headBegins() {
        headSinceNanos = ticker.nanos();
    }

    /// Series that batches named by their keys since the last cut, perhaps without a row. Under the
    /// lock.
    RoaringBitmap named() {
        return named;
    }

    /// How often the head was cut; any thread.
    long cuts() {
        return cuts;
    }

    /// Bytes of buffers that wait to be used again; any thread.
    long idleBytes() {
        lock.lock();
        try {
            return arrays.bytes();
        } finally {
            lock.unlock();
        }
    }

    /// Leaves of these no more than so many; any thread.
    void shrinkIdle(long bytesLeft) {
        lock.lock();
        try {
            arrays.shrink(bytesLeft);
        } finally {
            lock.unlock();
        }
    }

    /// Begins scans; any thread.
    ScanCatcher catcher() {
        return catcher;
    }

    /// Newest rows; any thread.
    LatestTables latest() {
        return latest;
    }

    /// Applies the next entry of the log.
    void apply(long index, LogEntry entry) {
        lock.lock();
        try {
            applyHere(index, entry);
        } finally {
            lock.unlock();
        }
    }

    private void applyHere(long index, LogEntry entry) {
        switch (entry) {
            case LogEntry.Write(PointBatch batch) -> applyWrite(index, batch);
            case LogEntry.Flush(long seconds) -> {
                appliedIndex = index;
                flushedIndex = index;
                flushedSeconds = seconds;
                if (index >= resumed.newest() || !head.isEmpty()) {
                    cut(seconds);
                }
            }
            case LogEntry.DropDatabase(int database) -> {
                registry.dropDatabase(database);
                removeEnded();
            }
            case LogEntry.DropMeasurement(MeasurementId measurement) -> {
                registry.dropMeasurement(measurement);
                removeEnded();
            }
            case LogEntry.Delete(MeasurementId measurement, long upTo, DeletedRows rows) -> {
                if (!isVoid(entry)) {
                    long seconds = replicated ? flushedSeconds : flushes.nowSeconds();
                    parts.delete(new Tombstone(measurement, index, upTo, seconds, rows));
                    latest.deleted(measurement, rows);
                }
            }
            case LogEntry.Forget(MeasurementId measurement, RoaringBitmap series) ->
                    registry.forget(measurement, series);
            case LogEntry.CreateDatabase _,
                    LogEntry.Define _,
                    LogEntry.SetRetention _,
                    LogEntry.SetDocument _ ->
                    throw new IllegalStateException(
                            "BUG: entry " + index + " of shard " + id + " is the catalog's");
        }
        appliedIndex = index;
    }

    /// Whether an entry comes too late: a delete on replicas behind a later cut, since they merge
    /// parts across its index then.
    boolean isVoid(LogEntry entry) {
        return replicated
                && entry instanceof LogEntry.Delete(_, long upTo, _)
                && upTo < flushedIndex;
    }

    private void applyWrite(long index, PointBatch batch) {
        if (batch.catalogIndex() > catalog.appliedIndex()) {
            throw new IllegalStateException(
                    "entry "
                            + index
                            + " of shard "
                            + id
                            + " needs the catalog at its entry "
                            + batch.catalogIndex()
                            + ", which is at "
                            + catalog.appliedIndex()
                            + ": the store file, or a part of the log, is missing or not this"
                            + " store's");
        }
        if (head.isEmpty()) {
            headSinceNanos = ticker.nanos();
        }
        for (MeasurementRows rows : batch.measurements()) {
            if (rows.rowCount() > 0 || !rows.newSeries().isEmpty()) {
                var measurement = new MeasurementId(batch.number(), rows.number());
                if (index > resumed.newest() || index > resumed.of(measurement)) {
                    applyRows(measurement, rows);
                }
            }
        }
    }

    /// What has ended by this entry is void. What the catalog has ended already, and this log only
    /// will, gets its series still, since the ids of later ones count on it; its rows would go
    /// anyway.
    private void applyRows(MeasurementId measurement, MeasurementRows rows) {
        if (registry.hasEnded(measurement)) {
            return;
        }
        int[] newIds = NO_IDS;
        List<SeriesKey> keys = rows.newSeries();
        if (!keys.isEmpty()) {
            newIds = new int[keys.size()];
            for (int i = 0; i < newIds.length; i++) {
                newIds[i] = registry.resolve(measurement, keys.get(i));
                named.add(newIds[i]);
            }
        }
        MeasurementSchema schema =
                catalog.measurement(measurement.database(), measurement.measurement());
        if (schema != null) {
            head.apply(schema, rows, newIds);
        }
    }

    private void removeEnded() {
        head.drop(registry::hasEnded);
        parts.removeEnded();
        latest.removeEnded();
    }

    /// Begins a new head and has the old one flushed. Writer thread.
    ///
    /// @param seconds time of day of the cut, the same on every replica; 0 for this machine's
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void cut(long seconds) {
        lock.lock();
        try {
            Head old = head;
            head = old.successor();
            named = new RoaringBitmap();
            cuts++;
            headSinceNanos = ticker.nanos();
            long first = Math.min(headFrom, appliedIndex);
            headFrom = appliedIndex + 1;
            flushes.add(new PartFlusher.Cut(old, first, appliedIndex, registry.mark(), seconds));
        } finally {
            lock.unlock();
        }
    }
}
