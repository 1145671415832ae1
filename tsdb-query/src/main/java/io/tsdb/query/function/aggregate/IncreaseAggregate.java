package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `increase(x)`: by how much a counter grew from the first row to the last; where it falls it
/// started anew from zero. Null of one row.
public final class IncreaseAggregate implements TimedRowsAggregate {
    @Override
    public String name() {
        return "increase";
    }

    @Override
    public String usage() {
        return "increase(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, IncreaseAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        if (rows.size() < 2) {
            result.setNull(row);
        } else {
            result.doubles()[row] = Counters.growth(rows);
        }
    }
}
