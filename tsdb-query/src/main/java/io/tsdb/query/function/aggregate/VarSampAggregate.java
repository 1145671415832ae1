package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `var_samp(x)`: variance of a sample, as float64; null below two values.
public final class VarSampAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "var_samp";
    }

    @Override
    public String usage() {
        return "var_samp(number)";
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
        return new Moments(argument, Moments.Measure.VARIANCE_OF_SAMPLE, memory);
    }
}
