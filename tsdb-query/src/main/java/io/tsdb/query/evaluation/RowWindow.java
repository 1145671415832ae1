package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnVector;

/// The rows that expressions are evaluated over: their columns, decoded when first asked for.
public interface RowWindow {
    /// At most [ColumnVector#ROWS_MAX].
    int rowCount();

    /// A column of the present rows; read only, valid until the window moves on.
    ColumnVector column(int index);
}
