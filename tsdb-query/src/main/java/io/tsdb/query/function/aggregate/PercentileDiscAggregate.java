package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;

import java.util.List;
import java.util.Optional;

/// `percentile_disc(x, share)`: the first of the sorted values that at least that share of them is
/// at or below.
public record PercentileDiscAggregate(double share) implements ParameterAggregate {
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
                (rows, result, row) -> Values.set(rows, Shares.discrete(rows, share), result, row));
    }

    @Override
    public String parameterText() {
        return ", " + share;
    }

    @Override
    public int parametersMin() {
        return 1;
    }

    @Override
    public int parametersMax() {
        return 1;
    }

    @Override
    public AggregateFunction with(List<Object> parameters, Position position) {
        return new PercentileDiscAggregate(Shares.of(parameters.getFirst(), this, position));
    }
}
