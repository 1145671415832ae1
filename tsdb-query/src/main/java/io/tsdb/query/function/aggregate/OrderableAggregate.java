package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

/// An aggregate of all rows of a group in the order of their times, or in one that a call names:
/// [OrderedAggregate].
interface OrderableAggregate extends TimedRowsAggregate {
    /// An accumulator of rows that are sorted otherwise.
    Accumulator accumulator(ColumnType argument, RowSort sort, MemoryAccount memory);

    @Override
    default boolean needsTime() {
        return false;
    }

    @Override
    default Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return accumulator(argument, RowSort.TIME, memory);
    }
}
