package io.tsdb.storage.shard;

import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.LatestRows;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanRequest;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.schema.Retention;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Scan of a measurement in one shard. The rows are caught when a cursor is opened: each cursor
/// sees every batch applied before that moment and none that comes after, and no row that is older
/// than the measurement's retention at that moment.
final class ShardScan implements MeasurementScan {
    /// Catches the rows that a cursor will read.
    interface Capture {
        ScanCapture capture(MeasurementSchema schema, int[] ids, TimeRange range);
    }

    private final Capture capture;
    private final MeasurementSchema schema;
    private final SeriesIndex series;
    private final InstantSource clock;
    private final @Nullable LatestTables tables;

    /// @param tables of newest rows; null when none is to be used
    ShardScan(
            Capture capture,
            MeasurementSchema schema,
            SeriesIndex series,
            InstantSource clock,
            @Nullable LatestTables tables) {
        this.tables = tables;
        this.capture = capture;
        this.schema = schema;
        this.series = series;
        this.clock = clock;
    }

    @Override
    public MeasurementSchema schema() {
        return schema;
    }

    @Override
    public SeriesIndex series() {
        return series;
    }

    @Override
    public BlockCursor blocks(ScanRequest request) {
        int[] fieldIndexes = indexes(request.fields());
        TimeRange range = visible(request.range());
        ScanCapture caught = capture.capture(schema, request.series().toArray(), range);
        return new ShardBlockCursor(caught, range, fieldIndexes, request.newestFirst());
    }

    private int[] indexes(List<String> fields) {
        return fields.stream()
                .mapToInt(name -> schema.field(name).map(FieldSchema::index).orElse(-1))
                .toArray();
    }

    @Override
    public Optional<LatestRows> latest(RoaringBitmap asked, TimeRange range, List<String> fields) {
        return tables == null
                ? Optional.empty()
                : Optional.ofNullable(tables.rows(schema, asked, visible(range), indexes(fields)));
    }

    /// Rows that are older than the retention are not there, wherever they lie.
    private TimeRange visible(TimeRange asked) {
        return visible(schema, asked, clock);
    }

    static TimeRange visible(MeasurementSchema schema, TimeRange asked, InstantSource clock) {
        Retention retention = schema.retention();
        if (!retention.isLimited()) {
            return asked;
        }
        Instant now = clock.instant();
        long nowNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        long oldest = retention.oldest(nowNanos);
        return oldest <= asked.fromNanos()
                ? asked
                : new TimeRange(Math.min(oldest, asked.toNanos()), asked.toNanos());
    }

    @Override
    public void close() {
        // What a scan holds, its cursors hold: they release it.
    }
}
