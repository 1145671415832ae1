package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;

import java.util.List;
import java.util.Optional;

/// `session_number(gap, time)`: 1, and one more from each row on that lies more than the gap behind
/// the row before; a row without a time belongs to the session before it.
public final class SessionNumberFunction implements RowValueFunction {
    @Override
    public String name() {
        return "session_number";
    }

    @Override
    public String usage() {
        return "session_number('5m', time)";
    }

    @Override
    public Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        return arguments.equals(List.of(ColumnType.INT64, ColumnType.TIMESTAMP))
                ? Optional.of(List.of(ColumnType.INT64, ColumnType.TIMESTAMP, ColumnType.INT64))
                : Optional.empty();
    }

    @Override
    public void compute(WindowRows rows, WindowValues results, Position at) {
        long number = 1;
        boolean hasLast = false;
        long last = 0;
        for (int row = rows.from(); row < rows.to(); row++) {
            if (rows.isPresent(1, row)) {
                long time = rows.longArgument(1, row);
                if (hasLast && isApart(last, time, rows.longArgument(0, row))) {
                    number++;
                }
                hasLast = true;
                last = time;
            }
            results.set(row, number);
        }
    }

    /// Whatever the direction of the window.
    private static boolean isApart(long one, long other, long gap) {
        long less = Math.min(one, other);
        long more = Math.max(one, other);
        // beyond 64 bits it is more than any gap
        return more - less < 0 || more - less > gap;
    }
}
