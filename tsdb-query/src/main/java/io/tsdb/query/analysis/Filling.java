package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.function.scalar.TimeGrid;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Time buckets that a grouping has no rows for: every group gets one row for each bucket of a
/// range, and columns get values where they have none.
///
/// Its rows have the grouping's keys, then a column for each mode: an [BoundExpression.Input] over
/// them counts in this order.
///
/// @param bucket number of the key that is the bucket
/// @param grid of the buckets
/// @param fromNanos the first bucket holds it; null for the first bucket that any group has a row
///   in
/// @param toNanos the last bucket holds the time before it; null for the last bucket that any group
///   has a row in
/// @param columns over the groups: the keys, then what is filled
/// @param modes one for each column that is filled
/// @param listed keys, without the bucket, of groups that get rows even if they have none
/// @param whereBefore in the place of the condition of the rows: rows before the range, whose
///   values count as previous ones; null when none are looked at
public record Filling(
        int bucket,
        TimeGrid grid,
        @Nullable Long fromNanos,
        @Nullable Long toNanos,
        List<BoundExpression> columns,
        List<FillMode> modes,
        List<List<Constant>> listed,
        @Nullable BoundExpression whereBefore) {
    public Filling {
        columns = List.copyOf(columns);
        modes = List.copyOf(modes);
        listed = List.copyOf(listed);
    }

    public int keyCount() {
        return columns.size() - modes.size();
    }
}
