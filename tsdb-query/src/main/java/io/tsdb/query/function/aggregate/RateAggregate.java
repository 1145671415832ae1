package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `rate(x)`: `increase` a second, over the time from the first row to the last. Null where that is
/// none.
public final class RateAggregate implements AggregateFunction {
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
    public List<ColumnType> stateTypes(ColumnType argument) {
        return CollectedRows.STATE_TYPES;
    }

    @Override
    public boolean usesTime() {
        return true;
    }

    @Override
    public boolean holdsRows() {
        return true;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, CollectedRows.Order.TIME, memory, RateAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        double seconds = rows.seconds(0, rows.size() - 1);
        if (seconds > 0) {
            result.doubles()[row] = Counters.growth(rows) / seconds;
        } else {
            result.setNull(row);
        }
    }
}
