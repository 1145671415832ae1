package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `irate(x)`: growth of a counter a second, over the last two rows. Null where there is no time
/// between them.
public final class IrateAggregate implements AggregateFunction {
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
        return new CollectedRows(
                argument, CollectedRows.Order.TIME, memory, IrateAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        int last = rows.size() - 1;
        double seconds = last < 1 ? 0 : rows.seconds(last - 1, last);
        if (seconds > 0) {
            result.doubles()[row] = Counters.growth(rows, last - 1, last) / seconds;
        } else {
            result.setNull(row);
        }
    }
}
