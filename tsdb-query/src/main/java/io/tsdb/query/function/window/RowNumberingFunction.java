package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// Numbers the rows of a partition by their order: the result is int64, and never null.
public non-sealed interface RowNumberingFunction extends WindowFunction {
    /// Writes the numbers of all rows of the partition.
    void number(WindowRows rows, long[] results);

    @Override
    default Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        return arguments.isEmpty() ? Optional.of(List.of(ColumnType.INT64)) : Optional.empty();
    }
}
