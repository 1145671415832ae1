package io.tsdb.storage.shard;

import io.tsdb.storage.head.ChangedSeries;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.scan.LatestRows;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.series.SeriesRegistry;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// The last-value tables of a shard, one a measurement: made when somebody first asks for newest
/// rows, brought up to date when somebody asks again, given up when others need the memory.
///
/// Locks, in this order: a table's, the shard's, the monitor of this. Any thread.
final class LatestTables {
    private final ReentrantLock lock;
    private final ChangedSeries changed;
    private final SeriesRegistry registry;
    private final ScanCatcher catcher;
    private final long bytesMax;

    /// The one that was asked last comes last.
    private final LinkedHashMap<MeasurementId, LatestTable> tables =
            new LinkedHashMap<>(16, 0.75f, true);

    /// @param lock of the shard, which guards `changed`
    /// @param bytesMax memory that all tables together may take
    LatestTables(
            ReentrantLock lock,
            ChangedSeries changed,
            SeriesRegistry registry,
            ScanCatcher catcher,
            long bytesMax) {
        this.lock = lock;
        this.changed = changed;
        this.registry = registry;
        this.catcher = catcher;
        this.bytesMax = bytesMax;
    }

    /// The newest rows of series as of now.
    ///
    /// @param range what is to be seen of the measurement
    /// @param fieldIndexes columns of the rows; -1 for a field that the measurement lacks
    /// @return null when no table can be had now
    @Nullable LatestRows rows(
            MeasurementSchema schema, RoaringBitmap asked, TimeRange range, int[] fieldIndexes) {
        LatestTable table;
        synchronized (this) {
            table = tables.get(schema.id());
            if (table == null) {
                if (registry.hasEnded(schema.id())) {
                    return null;
                }
                table = new LatestTable(this, schema.id());
                tables.put(schema.id(), table);
            }
        }
        return table.rows(schema, asked, range, fieldIndexes);
    }

    /// Memory of all tables, about.
    synchronized long bytes() {
        long bytes = 0;
        for (LatestTable table : tables.values()) {
            bytes += table.bytes();
        }
        return bytes;
    }

    /// Rows of a measurement were deleted. Under the shard's lock.
    void deleted(MeasurementId measurement, DeletedRows rows) {
        changed.addAll(measurement, rows);
    }

    /// Lets go of measurements that have ended. Under the shard's lock.
    void removeEnded() {
        synchronized (this) {
            tables.keySet().removeIf(registry::hasEnded);
        }
        changed.unwatch(registry::hasEnded);
    }

    /// Whether a table is as the shard is.
    boolean isUnchanged(MeasurementId measurement) {
        lock.lock();
        try {
            return changed.isUnchanged(measurement);
        } finally {
            lock.unlock();
        }
    }

    /// Catches the rows of the series that have changed since the last call, and of them alone.
    ScanCapture changes(MeasurementSchema schema) {
        return catcher.all(
                schema,
                () -> {
                    RoaringBitmap series = changed.take(schema.id());
                    return series == null ? new int[0] : series.toArray();
                },
                TimeRange.ALL);
    }

    /// Catches the rows of all series, and has changes noted from there on.
    ScanCapture everything(MeasurementSchema schema) {
        return catcher.all(
                schema,
                () -> {
                    if (registry.hasEnded(schema.id())) {
                        return new int[0];
                    }
                    changed.watch(schema.id());
                    return registry.index(schema.id())
                            .map(index -> index.ids().toArray())
                            .orElse(new int[0]);
                },
                TimeRange.ALL);
    }

    long hash(int series) {
        return registry.key(series).hash();
    }

    int seriesCount(MeasurementSchema schema) {
        return registry.index(schema.id()).map(index -> index.ids().getCardinality()).orElse(0);
    }

    /// Makes room for a table, of others that nobody reads now: those go first that were not asked
    /// for longest.
    ///
    /// @return false when there is none
    boolean reserve(LatestTable asking, long bytes) {
        if (bytes > bytesMax) {
            return false;
        }
        List<LatestTable> others;
        synchronized (this) {
            others = new ArrayList<>(tables.values());
        }
        long held = bytes;
        for (LatestTable other : others) {
            held += other == asking ? 0 : other.bytes();
        }
        for (LatestTable other : others) {
            if (held <= bytesMax) {
                break;
            }
            if (other != asking) {
                long freed = other.bytes();
                held -= freed > 0 && other.tryGiveUp() ? freed : 0;
            }
        }
        return held <= bytesMax;
    }

    /// Forgets a table; by itself, under its lock.
    void remove(LatestTable table) {
        lock.lock();
        try {
            synchronized (this) {
                tables.remove(table.measurement(), table);
            }
            changed.unwatch(table.measurement()::equals);
        } finally {
            lock.unlock();
        }
    }
}
