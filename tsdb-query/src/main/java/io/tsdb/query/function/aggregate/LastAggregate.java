package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `last(x)`: value of the newest row that has one; among rows of the same time the largest value;
/// null without values.
public final class LastAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "last";
    }

    @Override
    public String usage() {
        return "last(value)";
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
    public boolean isDecidedByNewestValue() {
        return true;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return Edges.accumulator(true, argument, memory);
    }
}
