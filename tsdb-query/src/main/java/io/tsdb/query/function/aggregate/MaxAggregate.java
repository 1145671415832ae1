package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `max(x)`: largest value of any type; NaN is the greatest number, strings go by code points; null
/// without values.
public final class MaxAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "max";
    }

    @Override
    public String usage() {
        return "max(value)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return Optional.of(argument);
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return List.of(argument);
    }

    @Override
    public boolean ignoresRepeats() {
        return true;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return switch (argument) {
            case TIMESTAMP, INT64, UINT64, BOOL -> new LongExtremes(true, memory);
            case FLOAT64 -> new DoubleExtremes(true, memory);
            case STRING -> new StringExtremes(true, memory);
        };
    }
}
