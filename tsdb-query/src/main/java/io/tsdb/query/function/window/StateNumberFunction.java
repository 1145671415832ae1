package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;

import java.util.List;
import java.util.Optional;

/// `state_number(value)`: 1, and one more from each row on whose value differs from that of the row
/// before; null is a value.
public final class StateNumberFunction implements RowValueFunction {
    @Override
    public String name() {
        return "state_number";
    }

    @Override
    public String usage() {
        return "state_number(value)";
    }

    @Override
    public Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        return arguments.size() == 1
                ? Optional.of(List.of(arguments.getFirst(), ColumnType.INT64))
                : Optional.empty();
    }

    @Override
    public void compute(WindowRows rows, WindowValues results, Position at) {
        long number = 1;
        for (int row = rows.from(); row < rows.to(); row++) {
            if (row > rows.from() && !rows.isSame(0, row - 1, row)) {
                number++;
            }
            results.set(row, number);
        }
    }
}
