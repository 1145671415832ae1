package io.tsdb.query.fragment;

import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.LatestRows;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanRequest;
import io.tsdb.storage.scan.ScanSource;
import io.tsdb.storage.scan.SeriesIndex;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

import java.util.List;
import java.util.Optional;

/// A snapshot of a measurement with the series of a scan chosen.
final class FragmentScan implements AutoCloseable {
    private final MeasurementScan scan;
    private final ScanSpec spec;
    private final RoaringBitmap series;
    private final @Nullable ScanCounts counts;
    private @Nullable CountingCursor counting;

    private FragmentScan(
            MeasurementScan scan, ScanSpec spec, QueryMemory memory, @Nullable ScanCounts counts) {
        this.counts = counts;
        this.scan = scan;
        this.spec = spec;
        this.series = new SeriesChooser(scan.series(), memory).choose(spec.series());
    }

    /// @return null when there is nothing to read: no such measurement here, no series, no time
    ///
    /// @param counts of what is read; null when nobody asks
    static @Nullable FragmentScan open(
            ScanSource source, ScanSpec spec, QueryMemory memory, @Nullable ScanCounts counts) {
        if (spec.range().fromNanos() == spec.range().toNanos()
                && spec.range().toNanos() < Long.MAX_VALUE) {
            return null;
        }
        Optional<MeasurementScan> opened = source.open(spec.database(), spec.measurement());
        if (opened.isEmpty()) {
            return null;
        }
        boolean kept = false;
        try {
            var scan = new FragmentScan(opened.get(), spec, memory, counts);
            kept = !scan.series.isEmpty();
            return kept ? scan : null;
        } finally {
            if (!kept) {
                opened.get().close();
            }
        }
    }

    /// The measurement that the snapshot is of: it may have been dropped since.
    MeasurementId measurement() {
        return scan.schema().id();
    }

    SeriesIndex index() {
        return scan.series();
    }

    RoaringBitmap series() {
        return series;
    }

    TimeRange range() {
        return spec.range();
    }

    BlockCursor blocks(List<String> fields, boolean newestFirst) {
        return blocks(series, spec.range(), fields, newestFirst);
    }

    BlockCursor blocks(
            RoaringBitmap chosen, TimeRange range, List<String> fields, boolean newestFirst) {
        BlockCursor cursor = scan.blocks(new ScanRequest(chosen, range, fields, newestFirst));
        ScanCounts counted = counts;
        if (counted == null) {
            return cursor;
        }
        var wrapped = new CountingCursor(cursor, counted);
        counting = wrapped;
        return wrapped;
    }

    /// The newest rows of the chosen series, where the shard has a table of them; to be closed by
    /// the thread that calls.
    @Nullable LatestRows latest(List<String> fields) {
        return latest(spec.range(), fields);
    }

    @Nullable LatestRows latest(TimeRange range, List<String> fields) {
        return scan.latest(series, range, fields).orElse(null);
    }

    /// Rows came from the table of newest rows.
    void countLatest(int rowCount) {
        ScanCounts counted = counts;
        if (counted != null) {
            counted.addLatest(rowCount);
        }
    }

    /// No row of the block that the newest cursor stands at is wanted.
    void passOver() {
        CountingCursor counted = counting;
        if (counted != null) {
            counted.passOver();
        }
    }

    @Override
    public void close() {
        scan.close();
    }
}
