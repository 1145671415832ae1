package io.tsdb.query.function.window;

import io.tsdb.query.sql.Position;

/// Computes a value of its own for each row of a partition.
public non-sealed interface RowValueFunction extends WindowFunction {
    /// Writes the results of all rows of the partition.
    ///
    /// @param at of the call, for errors
    /// @throws io.tsdb.query.sql.QueryException when an argument or a result does not fit
    void compute(WindowRows rows, WindowValues results, Position at);
}
