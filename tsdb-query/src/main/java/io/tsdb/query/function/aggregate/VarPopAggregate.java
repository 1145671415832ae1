package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `var_pop(x)`: variance of a population, as float64; null without values.
public final class VarPopAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "var_pop";
    }

    @Override
    public String usage() {
        return "var_pop(number)";
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
        return new Moments(argument, Moments.Measure.VARIANCE_OF_ALL, memory);
    }
}
