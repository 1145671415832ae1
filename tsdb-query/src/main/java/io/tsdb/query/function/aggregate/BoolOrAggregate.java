package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `bool_or(x)`: whether any value is true; null without values.
public final class BoolOrAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "bool_or";
    }

    @Override
    public String usage() {
        return "bool_or(bool)";
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
        return new LongExtremes(true, memory);
    }
}
