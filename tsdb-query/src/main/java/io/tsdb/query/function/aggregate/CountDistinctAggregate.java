package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `count(DISTINCT x)`: how many different values; meant for tags, runs on anything.
///
/// State: the values as one string, each as `length:text`, so that a partial result needs no other
/// column types. Numbers are kept as the text of their 64 bits.
public final class CountDistinctAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "count distinct";
    }

    @Override
    public String usage() {
        return "count(DISTINCT value)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return Optional.of(ColumnType.INT64);
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return List.of(ColumnType.STRING);
    }

    @Override
    public boolean ignoresRepeats() {
        return true;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new DistinctValues(argument, memory);
    }
}
