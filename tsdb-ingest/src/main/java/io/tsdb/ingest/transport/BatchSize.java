package io.tsdb.ingest.transport;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;

import org.jspecify.annotations.Nullable;

/// Estimates the memory that batches hold.
final class BatchSize {
    private static final int BYTES_PER_ROW = Long.BYTES + Integer.BYTES;
    private static final int BYTES_PER_NEW_SERIES = 256;

    private BatchSize() {}

    /// @return bytes of rows, columns and strings
    static long bytesOf(@Nullable PointBatch[] batches) {
        long bytes = 0;
        for (PointBatch batch : batches) {
            if (batch != null) {
                for (MeasurementRows rows : batch.measurements()) {
                    bytes += bytesOf(rows);
                }
            }
        }
        return bytes;
    }

    private static long bytesOf(MeasurementRows rows) {
        long bytes =
                (long) rows.rowCount() * BYTES_PER_ROW
                        + (long) rows.newSeries().size() * BYTES_PER_NEW_SERIES;
        for (FieldColumn column : rows.columns()) {
            bytes += (long) rows.rowCount() * Long.BYTES;
            if (column.type() == FieldType.STRING) {
                bytes += column.heapSize();
            }
        }
        return bytes;
    }
}
