package io.tsdb.query.fragment;

import io.tsdb.query.column.ColumnVector;

/// Finds the groups of rows and feeds them to the aggregates: one way for keys that a series and a
/// bucket decide, one for all others.
interface Grouping {
    /// Takes in the rows of the window.
    ///
    /// @param decided set where an aggregate met a value; only for rows that go to one group
    void add(ScanRows rows, boolean[] decided);

    int groupCount();

    /// Writes the keys of groups `[from, from + count)` to rows `[0, count)` of the first columns.
    void writeKeys(int from, int count, ColumnVector[] target);
}
