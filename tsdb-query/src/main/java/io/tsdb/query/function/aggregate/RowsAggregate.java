package io.tsdb.query.function.aggregate;

import io.tsdb.query.column.ColumnType;

import java.util.List;

/// An aggregate of all rows of a group together, which are [CollectedRows] until then.
interface RowsAggregate extends AggregateFunction {
    @Override
    default List<ColumnType> stateTypes(ColumnType argument) {
        return CollectedRows.STATE_TYPES;
    }

    @Override
    default boolean holdsRows() {
        return true;
    }
}
