package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `first(x)`: value of the earliest row that has one; among rows of the same time the smallest
/// value; null without values.
public final class FirstAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "first";
    }

    @Override
    public String usage() {
        return "first(value)";
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
