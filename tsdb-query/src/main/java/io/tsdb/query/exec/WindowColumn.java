package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnVector;

/// The results of one call over a window, for all rows in the window's order.
interface WindowColumn {
    /// Computes the partition that the rows stand at.
    void compute(PartitionRows rows);

    /// Writes the results of rows `[from, from + count)` to rows `[0, count)`.
    ///
    /// @return valid until the next call
    ColumnVector write(int from, int count);
}
