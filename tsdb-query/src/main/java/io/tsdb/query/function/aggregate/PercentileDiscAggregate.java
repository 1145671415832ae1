package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.Optional;

/// `percentile_disc(x, share)`: the first of the sorted values that at least that share of them is
/// at or below.
public record PercentileDiscAggregate(double share) implements ShareAggregate, RowsAggregate {
    /// The one in the list of functions.
    public PercentileDiscAggregate() {
        this(0.5);
    }

    @Override
    public String name() {
        return "percentile_disc";
    }

    @Override
    public String usage() {
        return "percentile_disc(value, 0.95)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument == ColumnType.STRING || argument == ColumnType.BOOL
                ? Optional.empty()
                : Optional.of(argument);
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(
                argument,
                RowSort.VALUE,
                memory,
                (rows, result, row) -> Values.set(rows, Shares.discrete(rows, share), result, row));
    }

    @Override
    public AggregateFunction withShare(double share) {
        return new PercentileDiscAggregate(share);
    }
}
