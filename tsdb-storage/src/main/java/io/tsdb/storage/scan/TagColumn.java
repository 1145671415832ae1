package io.tsdb.storage.scan;

import org.roaringbitmap.RoaringBitmap;

/// One tag of the series of a measurement in a shard: a dictionary of values and the value of each
/// series.
public interface TagColumn {
    /// [#valueIdOf] of a series without this tag.
    int ABSENT = -1;

    /// Number of distinct values; ids are `[0, valueCount())`, in no order of the texts.
    int valueCount();

    String value(int valueId);

    /// @return the id of a value, or [#ABSENT] when no series has it
    int idOf(String value);

    /// Ids of the series that have the value; read only.
    RoaringBitmap postings(int valueId);

    /// @return the id of the series' value, or [#ABSENT]
    int valueIdOf(int seriesId);
}
