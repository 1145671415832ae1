package io.tsdb.storage.scan;

import io.tsdb.storage.model.TimeRange;

import org.roaringbitmap.RoaringBitmap;

import java.util.List;

/// What to read of a measurement in a shard.
///
/// @param series shard-local ids; not changed while the cursor is open
/// @param range rows outside are cut off
/// @param fields names of the fields that the cursor's columns are, in this order; a name that the
///   measurement lacks is a column without values
/// @param newestFirst the blocks of a series come newest first (rows within a block always ascend)
public record ScanRequest(
        RoaringBitmap series, TimeRange range, List<String> fields, boolean newestFirst) {
    public ScanRequest {
        fields = List.copyOf(fields);
    }
}
