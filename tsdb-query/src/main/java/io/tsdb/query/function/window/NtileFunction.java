package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.List;
import java.util.Optional;

/// `ntile(n)`: which of n shares of the partition a row is in, 1 to n; where they cannot be of one
/// size, the first ones have a row more.
public final class NtileFunction implements RowValueFunction {
    @Override
    public String name() {
        return "ntile";
    }

    @Override
    public String usage() {
        return "ntile(n)";
    }

    @Override
    public Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        return arguments.equals(List.of(ColumnType.INT64))
                ? Optional.of(List.of(ColumnType.INT64, ColumnType.INT64))
                : Optional.empty();
    }

    @Override
    public void compute(WindowRows rows, WindowValues results, Position at) {
        long count = (long) rows.to() - rows.from();
        for (int row = rows.from(); row < rows.to(); row++) {
            if (!rows.isPresent(0, row)) {
                continue;
            }
            long shares = rows.longArgument(0, row);
            if (shares < 1) {
                throw new QueryException(
                        QueryErrorCode.OUT_OF_RANGE,
                        at,
                        "ntile takes a number of shares from 1 on, not " + shares);
            }
            long size = count / shares;
            long larger = count % shares;
            long index = (long) row - rows.from();
            long inLarger = larger * (size + 1);
            results.set(
                    row,
                    index < inLarger
                            ? 1 + index / (size + 1)
                            : 1 + larger + (index - inLarger) / size);
        }
    }
}
