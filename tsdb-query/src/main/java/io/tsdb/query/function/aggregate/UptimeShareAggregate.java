package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `uptime_share(x)`: share of the time from the first row to the last for which a condition holds.
/// Null where that is none.
public final class UptimeShareAggregate implements TimedRowsAggregate {
    @Override
    public String name() {
        return "uptime_share";
    }

    @Override
    public String usage() {
        return "uptime_share(condition)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument == ColumnType.BOOL ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, UptimeShareAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        double seconds = rows.seconds(0, rows.size() - 1);
        Values.setPerSecond(Durations.secondsTrue(rows), seconds, result, row);
    }
}
