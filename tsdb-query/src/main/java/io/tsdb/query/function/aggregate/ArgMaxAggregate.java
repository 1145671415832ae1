package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `arg_max(x, y)`: the x of the row whose y is the largest; of several the largest x. `last(x
/// ORDER BY y)` is this.
public final class ArgMaxAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "arg_max";
    }

    @Override
    public String usage() {
        return "arg_max(value, number or time)";
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
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new ArgEdges(true, argument, memory);
    }

    @Override
    public int argumentCount() {
        return 2;
    }

    @Override
    public Optional<List<ColumnType>> argumentTypes(List<ColumnType> given) {
        return ArgEdges.argumentTypes(given);
    }
}
