package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `sum(DISTINCT x)` and others: an aggregate of different values, each taken in once.
public record DistinctAggregate(AggregateFunction of) implements AggregateFunction {
    @Override
    public String name() {
        return of.name() + " distinct";
    }

    @Override
    public String usage() {
        return of.name() + "(DISTINCT value)";
    }

    @Override
    public String parameterText() {
        return of.parameterText();
    }

    @Override
    public Optional<List<ColumnType>> argumentTypes(List<ColumnType> given) {
        return of.argumentTypes(given);
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return of.resultType(argument);
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return List.of(ColumnType.STRING);
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new DistinctRows(of, argument, memory);
    }
}
