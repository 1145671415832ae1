package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.List;
import java.util.Optional;

/// `difference(x)`: the value less that of the row before, null where one of both is; the type
/// stays.
public final class DifferenceFunction implements RowValueFunction {
    @Override
    public String name() {
        return "difference";
    }

    @Override
    public String usage() {
        return "difference(number)";
    }

    @Override
    public Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        boolean fits =
                arguments.equals(List.of(ColumnType.INT64))
                        || arguments.equals(List.of(ColumnType.FLOAT64));
        return fits
                ? Optional.of(List.of(arguments.getFirst(), arguments.getFirst()))
                : Optional.empty();
    }

    @Override
    public void compute(WindowRows rows, WindowValues results, Position at) {
        for (int row = rows.from() + 1; row < rows.to(); row++) {
            if (!rows.isPresent(0, row) || !rows.isPresent(0, row - 1)) {
                continue;
            }
            if (rows.argumentType(0) == ColumnType.FLOAT64) {
                results.set(row, rows.doubleArgument(0, row) - rows.doubleArgument(0, row - 1));
            } else {
                results.set(
                        row, less(rows.longArgument(0, row), rows.longArgument(0, row - 1), at));
            }
        }
    }

    private static long less(long value, long before, Position at) {
        try {
            return Math.subtractExact(value, before);
        } catch (ArithmeticException _) {
            throw new QueryException(
                    QueryErrorCode.OUT_OF_RANGE,
                    at,
                    value + " - " + before + " passes the range of int64");
        }
    }
}
