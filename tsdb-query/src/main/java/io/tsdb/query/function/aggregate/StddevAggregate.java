package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `stddev(x)`: standard deviation of a sample, as float64; null below two values.
///
/// State: count, mean, sum of squared distances from the mean, merged as Chan, Golub and LeVeque
/// do.
public final class StddevAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "stddev";
    }

    @Override
    public String usage() {
        return "stddev(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return Moments.STATE_TYPES;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new Moments(argument, Moments.Measure.DEVIATION_OF_SAMPLE, memory);
    }
}
