package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.rows.RowStore;

/// Finds the nearest row of the right side for rows of the left one.
sealed interface AsofMatches permits AsofOfHeldRight, AsofOfHeldLeft {
    /// Rows of the right side.
    RowStore rows();

    /// Numbers of the rows beside those of a batch of the left side, -1 where there is none.
    void find(ColumnBatch left, int[] matched);
}
