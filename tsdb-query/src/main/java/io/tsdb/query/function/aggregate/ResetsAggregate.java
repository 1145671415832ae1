package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `resets(x)`: how often the value is less than that of the row before.
public final class ResetsAggregate implements TimedRowsAggregate {
    @Override
    public String name() {
        return "resets";
    }

    @Override
    public String usage() {
        return "resets(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.INT64) : Optional.empty();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, ResetsAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        long resets = 0;
        for (int i = 1; i < rows.size(); i++) {
            resets += rows.difference(i, i - 1) < 0 ? 1 : 0;
        }
        result.longs()[row] = resets;
    }
}
