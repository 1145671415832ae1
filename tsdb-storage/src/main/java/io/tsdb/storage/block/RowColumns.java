package io.tsdb.storage.block;

import io.tsdb.storage.scan.Presence;

/// Rows of one series, times ascending, whose columns are read one by one.
public interface RowColumns {
    void times(long[] target);

    /// As [Block#decodeLongs].
    Presence longs(int fieldIndex, long[] target, long[] presence);

    /// As [Block#decodeDoubles].
    Presence doubles(int fieldIndex, double[] target, long[] presence);

    /// As [Block#decodeStringIds], into [#dictionary].
    Presence stringIds(int fieldIndex, int[] target, long[] presence);

    /// Distinct strings of a STRING column, by id.
    String[] dictionary(int fieldIndex);
}
