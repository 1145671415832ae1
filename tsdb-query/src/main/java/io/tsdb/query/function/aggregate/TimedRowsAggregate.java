package io.tsdb.query.function.aggregate;

/// An aggregate of all rows of a group in the order of their times.
interface TimedRowsAggregate extends RowsAggregate {
    @Override
    default boolean usesTime() {
        return true;
    }
}
