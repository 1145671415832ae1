package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// `ema(x, alpha)`: exponential moving average: the first value, then of each row `alpha * x + (1 -
/// alpha) * before`. Rows without a value have that of the row before.
public final class EmaFunction implements RowValueFunction {
    @Override
    public String name() {
        return "ema";
    }

    @Override
    public String usage() {
        return "ema(number, alpha)";
    }

    @Override
    public Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        boolean fits = arguments.size() == 2 && arguments.stream().allMatch(ColumnType::isNumeric);
        return fits ? Optional.of(Collections.nCopies(3, ColumnType.FLOAT64)) : Optional.empty();
    }

    @Override
    public void compute(WindowRows rows, WindowValues results, Position at) {
        boolean hasValue = false;
        double average = 0;
        for (int row = rows.from(); row < rows.to(); row++) {
            if (rows.isPresent(0, row) && rows.isPresent(1, row)) {
                double value = rows.doubleArgument(0, row);
                average = hasValue ? next(average, value, rows.doubleArgument(1, row), at) : value;
                hasValue = true;
            }
            if (hasValue) {
                results.set(row, average);
            }
        }
    }

    private static double next(double average, double value, double alpha, Position at) {
        if (!(alpha > 0 && alpha <= 1)) {
            throw new QueryException(
                    QueryErrorCode.OUT_OF_RANGE,
                    at,
                    "the weight of ema lies above 0 and is 1 at most, not " + alpha);
        }
        return alpha * value + (1 - alpha) * average;
    }
}
