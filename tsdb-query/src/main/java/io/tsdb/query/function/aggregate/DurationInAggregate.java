package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `duration_in(x)`: seconds for which a condition holds, from each row up to the next one.
/// `duration_in(x, v)` is that of `x = v`.
public final class DurationInAggregate implements TimedRowsAggregate {
    @Override
    public String name() {
        return "duration_in";
    }

    @Override
    public String usage() {
        return "duration_in(condition)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument == ColumnType.BOOL ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, DurationInAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        result.doubles()[row] = Durations.secondsTrue(rows);
    }
}
