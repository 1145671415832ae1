package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `deriv(x)`: slope a second of the line of least squares through all rows. Null where all have
/// one time.
public final class DerivAggregate implements TimedRowsAggregate {
    @Override
    public String name() {
        return "deriv";
    }

    @Override
    public String usage() {
        return "deriv(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, DerivAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        double meanTime = 0;
        double meanValue = 0;
        for (int i = 0; i < rows.size(); i++) {
            meanTime += (rows.seconds(0, i) - meanTime) / (i + 1);
            meanValue += (rows.difference(i, 0) - meanValue) / (i + 1);
        }
        double products = 0;
        double squares = 0;
        for (int i = 0; i < rows.size(); i++) {
            double distance = rows.seconds(0, i) - meanTime;
            products += distance * (rows.difference(i, 0) - meanValue);
            squares += distance * distance;
        }
        if (squares > 0) {
            result.doubles()[row] = products / squares;
        } else {
            result.setNull(row);
        }
    }
}
