package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `derivative(x)`: change a second from the first row to the last. Null where there is no time
/// between them.
public final class DerivativeAggregate implements TimedRowsAggregate {
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
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, DerivativeAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        int last = rows.size() - 1;
        Values.setPerSecond(rows.difference(last, 0), rows.seconds(0, last), result, row);
    }
}
