package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;

import java.util.List;
import java.util.Optional;

/// `cume_dist()`: which share of the partition's rows is sorted before or as this one; above 0, to
/// 1.
public final class CumeDistFunction implements RowValueFunction {
    @Override
    public String name() {
        return "cume_dist";
    }

    @Override
    public String usage() {
        return "cume_dist()";
    }

    @Override
    public Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        return arguments.isEmpty() ? Optional.of(List.of(ColumnType.FLOAT64)) : Optional.empty();
    }

    @Override
    public void compute(WindowRows rows, WindowValues results, Position at) {
        double count = rows.to() - rows.from();
        for (int row = rows.from(); row < rows.to(); row++) {
            results.set(row, (rows.peerTo(row) - rows.from()) / count);
        }
    }
}
