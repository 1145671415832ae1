package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// A function of the values of a group. Stateless; its accumulators hold the state.
public interface AggregateFunction {
    /// In lower case.
    String name();

    /// Of what it computes and of its state. A node runs no plan that has another one.
    default int version() {
        return 1;
    }

    /// How a call looks, for error texts: `sum(number)`.
    String usage();

    /// The type of the result, or empty when the argument's type does not fit.
    Optional<ColumnType> resultType(ColumnType argument);

    /// Columns of a partial state.
    List<ColumnType> stateTypes(ColumnType argument);

    /// Its constants as they stand behind the arguments, a comma before each.
    default String parameterText() {
        return "";
    }

    /// How many arguments it takes of each row.
    default int argumentCount() {
        return 1;
    }

    /// What its arguments are cast to; empty when they do not fit.
    default Optional<List<ColumnType>> argumentTypes(List<ColumnType> given) {
        return Optional.of(given);
    }

    /// Whether its state grows with the rows, so that nothing is gained by one at each shard: the
    /// rows are gathered then, and all aggregates of the grouping made of them.
    default boolean holdsRows() {
        return false;
    }

    /// Whether rows must have times; otherwise they are all 0 where there are none.
    default boolean needsTime() {
        return usesTime();
    }

    /// Whether accumulators look at the rows' times.
    default boolean usesTime() {
        return false;
    }

    /// Whether a group is finished for good by its newest row that has a value, so that a scan from
    /// new to old may stop there.
    default boolean isDecidedByNewestValue() {
        return false;
    }

    /// Whether a value that a group has met before changes nothing, so that of a tag one row of
    /// each series is enough.
    default boolean ignoresRepeats() {
        return false;
    }

    /// A fresh accumulator without slots.
    ///
    /// @param memory that its states are reserved at before they are made
    Accumulator accumulator(ColumnType argument, MemoryAccount memory);
}
