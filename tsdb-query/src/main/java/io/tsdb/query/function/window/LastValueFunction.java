package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `last_value(value)`: the value of the frame's last row, null too.
public final class LastValueFunction implements RowChoiceFunction {
    @Override
    public String name() {
        return "last_value";
    }

    @Override
    public String usage() {
        return "last_value(value)";
    }

    @Override
    public Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        return arguments.size() == 1
                ? Optional.of(List.of(arguments.getFirst(), arguments.getFirst()))
                : Optional.empty();
    }

    @Override
    public void choose(WindowRows rows, int argumentCount, int[] choices) {
        var edges = new int[2 * STRETCHES_MAX];
        for (int row = rows.from(); row < rows.to(); row++) {
            int stretches = rows.stretches(row, edges);
            choices[row] = stretches > 0 ? edges[2 * stretches - 1] - 1 : NONE;
        }
    }
}
