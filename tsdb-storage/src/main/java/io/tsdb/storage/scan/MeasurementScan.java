package io.tsdb.storage.scan;

import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.schema.MeasurementSchema;

import org.roaringbitmap.RoaringBitmap;

import java.util.List;
import java.util.Optional;

/// One measurement in one shard, as its cursors find it. One thread at a time; closing it releases
/// what it holds.
public interface MeasurementScan extends AutoCloseable {
    MeasurementSchema schema();

    /// Series of the measurement in this shard, with their tags.
    SeriesIndex series();

    /// A cursor over the blocks of the asked series, independent of other cursors of this scan: a
    /// snapshot of the rows there are when it is opened.
    BlockCursor blocks(ScanRequest request);

    /// The newest rows of series within a range, as of now, where the shard has a table of them at
    /// hand or makes one.
    ///
    /// @param fields columns of the rows, in this order
    /// @return empty when they have to be looked for in the blocks
    default Optional<LatestRows> latest(
            RoaringBitmap series, TimeRange range, List<String> fields) {
        return Optional.empty();
    }

    @Override
    void close();
}
