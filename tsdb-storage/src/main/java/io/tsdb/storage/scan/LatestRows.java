package io.tsdb.storage.scan;

import org.roaringbitmap.RoaringBitmap;

/// The newest row of each of some series, many at a time, from a table that the shard keeps of
/// them: what a cursor would give as the last row of a series, without a look at its blocks.
///
/// The table is not changed while this is open: close it soon. By the thread that opened it alone.
///
/// ```
/// for (int count = rows.next(); count > 0; count = rows.next()) {
///     rows.longs(0, values, presence);
/// }
/// ```
public interface LatestRows extends AutoCloseable {
    /// Moves on to the next rows, one of each series, series ascending.
    ///
    /// @return how many, at most [BlockCursor#ROWS_MAX]; 0 at the end
    int next();

    /// Shard-local ids of the rows' series; read only, valid until the next [#next].
    int[] series();

    /// Hashes of the series' keys ([io.tsdb.storage.model.SeriesKey#hash]); read only, valid until
    /// the next [#next].
    long[] hashes();

    /// Times of the rows, nanoseconds; read only, valid until the next [#next].
    long[] times();

    /// Values of an INT64, UINT64 or BOOL column, as [BlockCursor#longs] has them.
    Presence longs(int column, long[] target, long[] presence);

    /// Values of a FLOAT64 column.
    Presence doubles(int column, double[] target, long[] presence);

    /// Values of a STRING column as ids into [#dictionary].
    Presence stringIds(int column, int[] target, long[] presence);

    /// Strings of a STRING column, by id.
    String[] dictionary(int column);

    /// Series whose newest row lies behind the asked range: of these the range may have older ones.
    /// Complete when [#next] has come to the end.
    RoaringBitmap others();

    @Override
    void close();
}
