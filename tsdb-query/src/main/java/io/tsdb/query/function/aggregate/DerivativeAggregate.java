package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `derivative(x)`: change a second from the first row to the last. Null where there is no time
/// between them.
public final class DerivativeAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "derivative";
    }

    @Override
    public String usage() {
        return "derivative(number)";
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
                argument, CollectedRows.Order.TIME, memory, DerivativeAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        int last = rows.size() - 1;
        double seconds = rows.seconds(0, last);
        if (seconds > 0) {
            result.doubles()[row] = rows.difference(last, 0) / seconds;
        } else {
            result.setNull(row);
        }
    }
}
