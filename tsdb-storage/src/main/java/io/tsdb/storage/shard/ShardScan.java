package io.tsdb.storage.shard;

import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanRequest;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;

/// Scan of a measurement in one shard. The rows are caught when a cursor is opened: each cursor
/// sees every batch applied before that moment and none that comes after.
final class ShardScan implements MeasurementScan {
    /// Catches the rows that a cursor will read.
    interface Capture {
        ScanCapture capture(MeasurementSchema schema, int[] ids, TimeRange range);
    }

    private final Capture capture;
    private final MeasurementSchema schema;
    private final SeriesIndex series;

    ShardScan(Capture capture, MeasurementSchema schema, SeriesIndex series) {
        this.capture = capture;
        this.schema = schema;
        this.series = series;
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
        int[] fieldIndexes =
                request.fields().stream()
                        .mapToInt(name -> schema.field(name).map(FieldSchema::index).orElse(-1))
                        .toArray();
        ScanCapture caught = capture.capture(schema, request.series().toArray(), request.range());
        return new ShardBlockCursor(caught, request.range(), fieldIndexes, request.newestFirst());
    }

    @Override
    public void close() {
        // What a scan holds, its cursors hold: they release it.
    }
}
