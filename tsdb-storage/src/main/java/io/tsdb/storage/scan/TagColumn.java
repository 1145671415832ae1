package io.tsdb.storage.scan;

import org.roaringbitmap.RoaringBitmap;

/// One tag of the series of a measurement in a shard: a dictionary of values and the value of each
/// series.
public interface TagColumn {
    /// [#valueIdOf] of a series without this tag.
    int ABSENT = -1;

    /// Number of distinct values; ids are `[0, valueCount())`, in no order of the texts.
    int valueCount();

    /// The text of a value; once made it is kept, so a walk over all values asks for
    /// [#valueHash(int)] instead.
    String value(int valueId);

    /// Hash of a value's bytes ([io.tsdb.storage.model.SeriesKey#hash]).
    long valueHash(int valueId);

    /// How many series have the value: the size of its [#postings], without making them.
    int seriesCount(int valueId);

    /// @return the id of a value, or [#ABSENT] when no series has it
    int idOf(String value);

    /// Ids of the series that have the value; read only.
    RoaringBitmap postings(int valueId);

    /// @return the id of the series' value, or [#ABSENT]
    int valueIdOf(int seriesId);
}
