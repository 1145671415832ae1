package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;

import java.util.List;
import java.util.Optional;

/// `percent_rank()`: the rank less one, as a share of the partition's rows less one; 0 to 1.
public final class PercentRankFunction implements RowValueFunction {
    @Override
    public String name() {
        return "percent_rank";
    }

    @Override
    public String usage() {
        return "percent_rank()";
    }

    @Override
    public Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        return arguments.isEmpty() ? Optional.of(List.of(ColumnType.FLOAT64)) : Optional.empty();
    }

    @Override
    public void compute(WindowRows rows, WindowValues results, Position at) {
        int first = rows.from();
        long others = rows.to() - rows.from() - 1L;
        for (int row = rows.from(); row < rows.to(); row++) {
            first = rows.isPeerOfPrevious(row) ? first : row;
            results.set(row, others == 0 ? 0.0 : (double) (first - rows.from()) / others);
        }
    }
}
