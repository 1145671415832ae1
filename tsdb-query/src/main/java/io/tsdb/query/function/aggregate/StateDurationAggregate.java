package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `state_duration(x)`: seconds from where the value became what it is in the last row, up to that
/// row.
public final class StateDurationAggregate implements TimedRowsAggregate {
    @Override
    public String name() {
        return "state_duration";
    }

    @Override
    public String usage() {
        return "state_duration(value)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return Optional.of(ColumnType.FLOAT64);
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, StateDurationAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        int last = rows.size() - 1;
        int since = last;
        while (since > 0 && rows.isSame(since - 1, last)) {
            since--;
        }
        result.doubles()[row] = rows.seconds(since, last);
    }
}
