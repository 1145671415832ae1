package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `approx_count_distinct(x)`: about how many different values, by [HyperLogLog].
public final class ApproxCountDistinctAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "approx_count_distinct";
    }

    @Override
    public String usage() {
        return "approx_count_distinct(value)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return Optional.of(ColumnType.INT64);
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return HyperLogLog.STATE_TYPES;
    }

    @Override
    public boolean ignoresRepeats() {
        return true;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new HyperLogLog(argument, memory);
    }
}
