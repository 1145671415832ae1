package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `median(x)`: the middle value, the mean of the middle two of an even number, as float64.
public final class MedianAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "median";
    }

    @Override
    public String usage() {
        return "median(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return CollectedRows.STATE_TYPES;
    }

    @Override
    public boolean holdsRows() {
        return true;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(
                argument,
                CollectedRows.Order.VALUE,
                memory,
                (rows, result, row) -> Shares.continuous(rows, 0.5, result, row));
    }
}
