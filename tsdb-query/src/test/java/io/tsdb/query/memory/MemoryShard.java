package io.tsdb.query.memory;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.LatestRows;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanRequest;
import io.tsdb.storage.scan.ScanSource;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.MeasurementSchema;

import org.roaringbitmap.RoaringBitmap;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// A shard in memory. Filled, then read by any thread.
public final class MemoryShard implements ScanSource {
    /// How blocks are laid out.
    ///
    /// @param seed of the cuts and of the statistics that are withheld
    /// @param rowsMax most rows of a block
    /// @param regular blocks of exactly `rowsMax` rows, and all statistics given
    public record Layout(long seed, int rowsMax, boolean regular) {}

    private final Catalog catalog;
    private final String database;
    private final Layout layout;
    private final Map<String, List<MemorySeries>> measurements = new HashMap<>();
    private final AtomicInteger openScans = new AtomicInteger();
    private final AtomicInteger decodedColumns = new AtomicInteger();

    public MemoryShard(Catalog catalog, String database, Layout layout) {
        this.catalog = catalog;
        this.database = database;
        this.layout = layout;
    }

    /// Adds points; all of one series must come in one call.
    public void add(List<TestPoint> points) {
        var bySeries = new LinkedHashMap<SeriesKey, List<TestPoint>>();
        for (TestPoint point : points) {
            register(catalog, database, point);
            bySeries.computeIfAbsent(
                            SeriesKey.of(point.measurement(), point.tags()), _ -> new ArrayList<>())
                    .add(point);
        }
        bySeries.forEach(
                (key, rows) -> {
                    MeasurementSchema schema =
                            catalog.measurement(database, key.measurement()).orElseThrow();
                    var types = new HashMap<String, FieldType>();
                    schema.fields().forEach((name, field) -> types.put(name, field.type()));
                    add(MemorySeries.of(key, rows, types));
                });
    }

    /// Takes other points in the place of all that it has; while nothing reads it.
    public void replace(List<TestPoint> points) {
        measurements.clear();
        add(points);
    }

    void add(MemorySeries series) {
        measurements.computeIfAbsent(series.key.measurement(), _ -> new ArrayList<>()).add(series);
    }

    /// Enters a point's tags and fields into the catalog.
    public static void register(Catalog catalog, String database, TestPoint point) {
        Definitions.Builder definitions =
                Definitions.in(database).tags(point.measurement(), point.tags().keySet());
        point.fields()
                .forEach(
                        (name, value) ->
                                definitions.field(point.measurement(), name, typeOf(value)));
        catalog.define(definitions.build());
    }

    private static FieldType typeOf(Object value) {
        return switch (value) {
            case Long _ -> FieldType.INT64;
            case BigInteger _ -> FieldType.UINT64;
            case Double _ -> FieldType.FLOAT64;
            case Boolean _ -> FieldType.BOOL;
            case String _ -> FieldType.STRING;
            default -> throw new IllegalArgumentException("no field value: " + value);
        };
    }

    /// Scans that are open: 0 when every query has cleaned up.
    public int openScans() {
        return openScans.get();
    }

    /// Columns of blocks decoded so far, times included: what pushing work down saves.
    public int decodedColumns() {
        return decodedColumns.get();
    }

    @Override
    public Optional<MeasurementScan> open(String asked, String measurement) {
        List<MemorySeries> series = measurements.get(measurement);
        if (!asked.equals(database) || series == null) {
            return Optional.empty();
        }
        openScans.incrementAndGet();
        return Optional.of(new Scan(measurement, series));
    }

    private final class Scan implements MeasurementScan {
        private final String measurement;
        private final List<MemorySeries> series;
        private boolean isOpen = true;

        Scan(String measurement, List<MemorySeries> series) {
            this.measurement = measurement;
            this.series = series;
        }

        @Override
        public MeasurementSchema schema() {
            return catalog.measurement(database, measurement).orElseThrow();
        }

        @Override
        public SeriesIndex series() {
            return new MemorySeriesIndex(series);
        }

        @Override
        public BlockCursor blocks(ScanRequest request) {
            if (!isOpen) {
                throw new IllegalStateException("the scan is closed");
            }
            return new MemoryCursor(series, request, layout, decodedColumns::incrementAndGet);
        }

        /// Irregular shards have a table of newest rows.
        @Override
        public Optional<LatestRows> latest(
                RoaringBitmap asked, TimeRange range, List<String> fields) {
            return layout.regular()
                    ? Optional.empty()
                    : Optional.of(new MemoryLatest(series, asked, range, fields, layout));
        }

        @Override
        public void close() {
            if (isOpen) {
                isOpen = false;
                openScans.decrementAndGet();
            }
        }
    }
}
