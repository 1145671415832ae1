package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `rate(x)`: `increase` a second, over the time from the first row to the last. Null where that is
/// none.
public final class RateAggregate implements TimedRowsAggregate {
    @Override
    public String name() {
        return "rate";
    }

    @Override
    public String usage() {
        return "rate(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, RateAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        double seconds = rows.seconds(0, rows.size() - 1);
        Values.setPerSecond(Counters.growth(rows), seconds, result, row);
    }
}
