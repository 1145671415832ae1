package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `bool_and(x)`: whether all values are true; null without values.
public final class BoolAndAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "bool_and";
    }

    @Override
    public String usage() {
        return "bool_and(bool)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument == ColumnType.BOOL ? Optional.of(ColumnType.BOOL) : Optional.empty();
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return List.of(argument);
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new LongExtremes(false, memory);
    }
}
