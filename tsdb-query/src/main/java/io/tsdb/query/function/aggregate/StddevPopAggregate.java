package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `stddev_pop(x)`: standard deviation of a population, as float64; null without values.
public final class StddevPopAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "stddev_pop";
    }

    @Override
    public String usage() {
        return "stddev_pop(number)";
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
        return new Moments(argument, Moments.Measure.DEVIATION_OF_ALL, memory);
    }
}
