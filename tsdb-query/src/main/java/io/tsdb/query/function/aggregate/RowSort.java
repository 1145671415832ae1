package io.tsdb.query.function.aggregate;

import io.tsdb.query.column.ColumnType;

import org.jspecify.annotations.Nullable;

/// What [CollectedRows] are sorted by: their times, their values, or a second argument; what is
/// equal, by the other one of time and value.
///
/// @param key type of the second argument; null when rows are sorted by time or value
/// @param byValue whether they are sorted by value
/// @param descending from the last to the first
/// @param nullsFirst whether rows without a key come before all others
record RowSort(@Nullable ColumnType key, boolean byValue, boolean descending, boolean nullsFirst) {
    static final RowSort TIME = new RowSort(null, false, false, false);
    static final RowSort VALUE = new RowSort(null, true, false, false);
}
