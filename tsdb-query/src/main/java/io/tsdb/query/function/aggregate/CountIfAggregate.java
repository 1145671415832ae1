package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `count_if(c)`: for how many rows a condition is true.
public final class CountIfAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "count_if";
    }

    @Override
    public String usage() {
        return "count_if(condition)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument == ColumnType.BOOL ? Optional.of(ColumnType.INT64) : Optional.empty();
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return List.of(ColumnType.INT64);
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new TrueCounts(memory);
    }
}
