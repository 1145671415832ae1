package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// A function of a row and the rows of its window. Stateless.
public sealed interface WindowFunction
        permits AggregateOverWindow, RowChoiceFunction, RowNumberingFunction, RowValueFunction {
    /// In lower case.
    String name();

    /// Of what it computes. A node runs no plan that has another one.
    default int version() {
        return 1;
    }

    /// How a call looks, for error texts: `lag(value[, rows[, default]])`.
    String usage();

    /// The types for a call, the result's last, or empty when these arguments do not fit.
    Optional<List<ColumnType>> resolve(List<ColumnType> arguments);
}
