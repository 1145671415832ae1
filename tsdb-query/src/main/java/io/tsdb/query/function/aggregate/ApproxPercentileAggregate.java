package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `approx_percentile(x, share)`: about the value that `percentile_disc` gives, within half a
/// percent of it, by [LogHistogram], whatever the number of rows.
public record ApproxPercentileAggregate(double share) implements ShareAggregate {
    /// The one in the list of functions.
    public ApproxPercentileAggregate() {
        this(0.5);
    }

    @Override
    public String name() {
        return "approx_percentile";
    }

    @Override
    public String usage() {
        return "approx_percentile(number, 0.95)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return LogHistogram.STATE_TYPES;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new LogHistogram(argument, share, memory);
    }

    @Override
    public AggregateFunction withShare(double share) {
        return new ApproxPercentileAggregate(share);
    }
}
