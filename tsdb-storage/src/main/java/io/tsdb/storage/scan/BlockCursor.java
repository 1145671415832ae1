package io.tsdb.storage.scan;

import org.jspecify.annotations.Nullable;

/// Walks the blocks of a scan: series ascending by id, blocks of a series in time order, rows
/// within a block ascending.
///
/// Blocks of a series do not overlap in time: duplicates and late points are merged before they
/// come out here, field by field, the later write winning. Columns are decoded only when asked for.
/// One thread.
///
/// ```
/// while (cursor.nextBlock()) {
///     ColumnStatistics statistics = cursor.statistics(0);
///     if (statistics == null) cursor.doubles(0, values, presence);
/// }
/// ```
public interface BlockCursor extends AutoCloseable {
    /// Most rows of a block; targets of decodes hold at least this many.
    int ROWS_MAX = 1024;

    /// Words of a presence bitmap: bit `row & 63` of word `row >>> 6`.
    int PRESENCE_WORDS = ROWS_MAX / 64;

    /// @return false at the end; the other methods are undefined then
    boolean nextBlock();

    /// Leaves out what remains of the current series.
    void skipSeries();

    /// Narrows the current block to its last row: its values then cost no decoding of their columns
    /// where the block has them at hand, in its statistics or as rows.
    void narrowToNewest();

    /// Shard-local id of the current block's series.
    int series();

    /// Rows of the current block within the asked range, 1 to [#ROWS_MAX].
    int rowCount();

    /// Time of the first row; costs no decoding when the block lies within the range.
    long minTime();

    /// Time of the last row; costs no decoding when the block lies within the range.
    long maxTime();

    /// Statistics of a column over exactly the rows of the current block, or null when they would
    /// have to be computed.
    @Nullable ColumnStatistics statistics(int column);

    /// @param target receives the rows' times, nanoseconds, strictly ascending
    void times(long[] target);

    /// Values of an INT64 or BOOL (0 or 1) column.
    ///
    /// @param presence at least [#PRESENCE_WORDS] words
    Presence longs(int column, long[] target, long[] presence);

    /// Values of a FLOAT64 column.
    Presence doubles(int column, double[] target, long[] presence);

    /// Values of a STRING column as ids into [#dictionary].
    Presence stringIds(int column, int[] target, long[] presence);

    /// Distinct strings of a STRING column in the current block, by id; valid until the next
    /// [#nextBlock].
    String[] dictionary(int column);

    /// Gives back what the cursor holds. Harmless when it is done twice.
    @Override
    void close();
}
