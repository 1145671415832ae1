package io.tsdb.storage.head;

import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.scan.DeletedRows;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/// Which series of some measurements may have other rows than when somebody asked last. All heads
/// of a shard note here what they take in, under the shard's lock, as does who deletes rows.
///
/// A head notes a series once for each snapshot that was begun ([Head#beginSnapshot]): who takes
/// what has changed begins one under the same lock.
public final class ChangedSeries {
    private final Map<MeasurementId, RoaringBitmap> watched = new HashMap<>();

    /// From here on changes of a measurement's series are noted; what was noted is forgotten.
    public void watch(MeasurementId measurement) {
        watched.put(measurement, new RoaringBitmap());
    }

    public void unwatch(Predicate<MeasurementId> measurements) {
        watched.keySet().removeIf(measurements);
    }

    /// Whether nothing has changed since the last [#take].
    public boolean isUnchanged(MeasurementId measurement) {
        RoaringBitmap changed = watched.get(measurement);
        return changed != null && changed.isEmpty();
    }

    /// What has changed since the last call.
    ///
    /// @return null when nobody watched
    public @Nullable RoaringBitmap take(MeasurementId measurement) {
        RoaringBitmap changed = watched.get(measurement);
        if (changed != null) {
            watched.put(measurement, new RoaringBitmap());
        }
        return changed;
    }

    void add(MeasurementId measurement, int series) {
        if (!watched.isEmpty()) {
            RoaringBitmap changed = watched.get(measurement);
            if (changed != null) {
                changed.add(series);
            }
        }
    }

    /// Notes the series of which rows were deleted.
    public void addAll(MeasurementId measurement, DeletedRows rows) {
        RoaringBitmap changed = watched.get(measurement);
        if (changed != null) {
            switch (rows) {
                case DeletedRows.OfSeries(RoaringBitmap series, _) -> changed.or(series);
                case DeletedRows.Single(var times) -> times.keySet().forEach(changed::add);
            }
        }
    }
}
