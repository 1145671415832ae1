package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnVector;

/// Computes an expression for all rows of a window. One thread: it owns its result vector.
public interface Evaluator {
    /// @return valid until the next call; read only
    ColumnVector evaluate(RowWindow rows);
}
