package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.Optional;

/// `median(x)`: the middle value, the mean of the middle two of an even number, as float64.
public final class MedianAggregate implements RowsAggregate {
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
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(
                argument,
                RowSort.VALUE,
                memory,
                (rows, result, row) -> Shares.continuous(rows, 0.5, result, row));
    }
}
