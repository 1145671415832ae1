package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `first_value(value)`: the value of the frame's first row, null too.
public final class FirstValueFunction implements RowChoiceFunction {
    @Override
    public String name() {
        return "first_value";
    }

    @Override
    public String usage() {
        return "first_value(value)";
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
            choices[row] = rows.stretches(row, edges) > 0 ? edges[0] : NONE;
        }
    }
}
