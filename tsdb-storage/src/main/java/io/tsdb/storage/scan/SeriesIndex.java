package io.tsdb.storage.scan;

import io.tsdb.storage.model.SeriesKey;

import org.roaringbitmap.RoaringBitmap;

import java.util.List;
import java.util.Optional;

/// Series of one measurement in one shard at one moment. Immutable for its reader.
public interface SeriesIndex {
    /// Shard-local ids of all series; read only (clone before changing it).
    RoaringBitmap ids();

    /// Tag keys that occur here, in name order.
    List<String> tagKeys();

    /// The column of a tag; empty when no series here has the key.
    Optional<TagColumn> tag(String key);

    SeriesKey key(int seriesId);
}
