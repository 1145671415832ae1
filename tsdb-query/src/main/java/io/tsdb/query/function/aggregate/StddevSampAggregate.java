package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `stddev_samp(x)`: the same as `stddev(x)`: standard deviation of a sample, as float64; null
/// below two values.
public final class StddevSampAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "stddev_samp";
    }

    @Override
    public String usage() {
        return "stddev_samp(number)";
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
