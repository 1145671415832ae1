package io.tsdb.query.sql;

/// Rows of a window around each row, counted from it: `ROWS BETWEEN 2 PRECEDING AND CURRENT ROW` is
/// -2 to 0.
///
/// @param start first row; `Long.MIN_VALUE` for the partition's first
/// @param end last row; `Long.MAX_VALUE` for the partition's last
public record RowFrame(long start, long end) {
    /// The frame's start within a partition, for a row of it.
    public int from(int row, int partitionStart) {
        return start == Long.MIN_VALUE
                ? partitionStart
                : (int) Math.max(partitionStart, Math.min(row + start, Integer.MAX_VALUE));
    }

    /// Row behind the frame's end within a partition; not below [#from] when the frame has rows.
    public int to(int row, int partitionEnd) {
        return end == Long.MAX_VALUE
                ? partitionEnd
                : (int) Math.min(partitionEnd, Math.max(row + end + 1, Integer.MIN_VALUE));
    }
}
