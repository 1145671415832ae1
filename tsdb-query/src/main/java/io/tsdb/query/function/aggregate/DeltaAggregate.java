package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `delta(x)`: the last value less the first; null of one row.
public final class DeltaAggregate implements TimedRowsAggregate {
    @Override
    public String name() {
        return "delta";
    }

    @Override
    public String usage() {
        return "delta(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, DeltaAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        if (rows.size() < 2) {
            result.setNull(row);
        } else {
            result.doubles()[row] = rows.difference(rows.size() - 1, 0);
        }
    }
}
