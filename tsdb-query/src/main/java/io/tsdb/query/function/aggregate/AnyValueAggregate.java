package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `any_value(x)`: one of the values, always the same one: that of the earliest row that has one;
/// null without values.
public final class AnyValueAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "any_value";
    }

    @Override
    public String usage() {
        return "any_value(value)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return Optional.of(argument);
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return Edges.stateTypes(argument);
    }

    @Override
    public boolean usesTime() {
        return true;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return Edges.accumulator(false, argument, memory);
    }
}
