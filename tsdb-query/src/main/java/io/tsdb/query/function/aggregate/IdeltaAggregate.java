package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `idelta(x)`: the last value less the one before; null of one row.
public final class IdeltaAggregate implements TimedRowsAggregate {
    @Override
    public String name() {
        return "idelta";
    }

    @Override
    public String usage() {
        return "idelta(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, IdeltaAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        int last = rows.size() - 1;
        if (last < 1) {
            result.setNull(row);
        } else {
            result.doubles()[row] = rows.difference(last, last - 1);
        }
    }
}
