package io.tsdb.storage.shard;

import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.series.SeriesRegistry;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Looks for series of a shard that have no row: in no part, whether it shows them or not, and not
/// in memory. Any thread.
final class EmptySeries {
    private final ReentrantLock lock;
    private final Catalog catalog;
    private final SeriesRegistry registry;
    private final PartSet parts;
    private final FlushQueue flushes;
    private final Forgetting.Source source;

    EmptySeries(
            ReentrantLock lock,
            Catalog catalog,
            SeriesRegistry registry,
            PartSet parts,
            FlushQueue flushes,
            Forgetting.Source source) {
        this.lock = lock;
        this.catalog = catalog;
        this.registry = registry;
        this.parts = parts;
        this.flushes = flushes;
        this.source = source;
    }

    /// Those of a measurement that are in no part and no head, and in none of the batches since the
    /// last cut.
    ///
    /// @return null when it cannot be said now
    @Nullable RoaringBitmap of(MeasurementId measurement) {
        MeasurementSchema schema =
                catalog.measurement(measurement.database(), measurement.measurement());
        Optional<SeriesIndex> series = registry.index(measurement);
        if (schema == null || series.isEmpty()) {
            return new RoaringBitmap();
        }
        if (parts.damages().lackOf(measurement)) {
            return null; // its rows may come back
        }
        RoaringBitmap empty = series.get().ids().clone();
        List<Part> own;
        int[] inHead;
        lock.lock();
        try {
            if (source.isRecovering() || !flushes.isEmpty()) {
                return null;
            }
            inHead = source.head().seriesOf(schema);
            empty.andNot(source.named());
            own = parts.of(measurement);
        } finally {
            lock.unlock();
        }
        empty.andNot(RoaringBitmap.bitmapOf(inHead));
        for (Part part : own) {
            empty.andNot(RoaringBitmap.bitmapOf(part.seriesIds()));
        }
        return empty;
    }
}
