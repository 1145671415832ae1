package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `skewness(x)`: of a sample, as float64; null of less than three values or of equal ones.
public final class SkewnessAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "skewness";
    }

    @Override
    public String usage() {
        return "skewness(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return Skews.STATE_TYPES;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new Skews(argument, memory);
    }
}
