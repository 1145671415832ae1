package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `irate(x)`: growth of a counter a second, over the last two rows. Null where there is no time
/// between them.
public final class IrateAggregate implements TimedRowsAggregate {
    @Override
    public String name() {
        return "irate";
    }

    @Override
    public String usage() {
        return "irate(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, IrateAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        int last = rows.size() - 1;
        int before = Math.max(0, last - 1);
        Values.setPerSecond(
                Counters.growth(rows, before, last), rows.seconds(before, last), result, row);
    }
}
