package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `integral(x)`: area below the lines from row to row, value times seconds. 0 of one row.
public final class IntegralAggregate implements TimedRowsAggregate {
    @Override
    public String name() {
        return "integral";
    }

    @Override
    public String usage() {
        return "integral(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, IntegralAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        double area = 0;
        for (int i = 1; i < rows.size(); i++) {
            double middle = rows.number(i - 1) + rows.difference(i, i - 1) / 2;
            area += middle * rows.seconds(i - 1, i);
        }
        result.doubles()[row] = area;
    }
}
