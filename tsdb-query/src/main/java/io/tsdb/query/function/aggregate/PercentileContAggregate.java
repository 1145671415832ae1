package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.Optional;

/// `percentile_cont(x, share)`: the value below which that share of the values lies, between two of
/// them on the line, as float64.
public record PercentileContAggregate(double share) implements ShareAggregate, RowsAggregate {
    /// The one in the list of functions.
    public PercentileContAggregate() {
        this(0.5);
    }

    @Override
    public String name() {
        return "percentile_cont";
    }

    @Override
    public String usage() {
        return "percentile_cont(number, 0.95)";
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
                (rows, result, row) -> Shares.continuous(rows, share, result, row));
    }

    @Override
    public AggregateFunction withShare(double share) {
        return new PercentileContAggregate(share);
    }
}
