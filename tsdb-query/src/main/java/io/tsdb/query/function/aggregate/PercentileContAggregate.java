package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;

import java.util.List;
import java.util.Optional;

/// `percentile_cont(x, share)`: the value below which that share of the values lies, between two of
/// them on the line, as float64.
public record PercentileContAggregate(double share) implements ParameterAggregate {
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
                (rows, result, row) -> Shares.continuous(rows, share, result, row));
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
        return new PercentileContAggregate(Shares.of(parameters.getFirst(), this, position));
    }
}
