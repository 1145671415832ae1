package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;

/// Aggregates of the rows of one side around each row of the other.
interface SpanAggregates {
    /// Writes the results for the rows of the next batch of the left side.
    void next(ColumnBatch left, ColumnVector[] results);
}
