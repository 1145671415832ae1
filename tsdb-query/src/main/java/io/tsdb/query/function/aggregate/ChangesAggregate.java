package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `changes(x)`: how often the value differs from that of the row before.
public final class ChangesAggregate implements TimedRowsAggregate {
    @Override
    public String name() {
        return "changes";
    }

    @Override
    public String usage() {
        return "changes(value)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return Optional.of(ColumnType.INT64);
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, ChangesAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        long changes = 0;
        for (int i = 1; i < rows.size(); i++) {
            changes += rows.isSame(i - 1, i) ? 0 : 1;
        }
        result.longs()[row] = changes;
    }
}
