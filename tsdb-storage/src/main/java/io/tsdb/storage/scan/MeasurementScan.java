package io.tsdb.storage.scan;

import io.tsdb.storage.schema.MeasurementSchema;

/// One measurement in one shard, as its cursors find it. One thread at a time; closing it releases
/// what it holds.
public interface MeasurementScan extends AutoCloseable {
    MeasurementSchema schema();

    /// Series of the measurement in this shard, with their tags.
    SeriesIndex series();

    /// A cursor over the blocks of the asked series, independent of other cursors of this scan: a
    /// snapshot of the rows there are when it is opened.
    BlockCursor blocks(ScanRequest request);

    @Override
    void close();
}
