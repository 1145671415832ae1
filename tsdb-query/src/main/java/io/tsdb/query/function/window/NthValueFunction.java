package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `nth_value(value, n)`: the value of the frame's n-th row, null too; null when it has fewer rows.
public final class NthValueFunction implements RowChoiceFunction {
    @Override
    public String name() {
        return "nth_value";
    }

    @Override
    public String usage() {
        return "nth_value(value, n)";
    }

    @Override
    public Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        return arguments.size() == 2 && arguments.get(1) == ColumnType.INT64
                ? Optional.of(List.of(arguments.getFirst(), ColumnType.INT64, arguments.getFirst()))
                : Optional.empty();
    }

    @Override
    public void choose(WindowRows rows, int argumentCount, int[] choices) {
        var edges = new int[2 * STRETCHES_MAX];
        for (int row = rows.from(); row < rows.to(); row++) {
            choices[row] = NONE;
            if (rows.isPresent(1, row)) {
                long left = rows.longArgument(1, row) - 1;
                int stretches = rows.stretches(row, edges);
                for (int i = 0; i < stretches && left >= 0; i++) {
                    int size = edges[2 * i + 1] - edges[2 * i];
                    if (left < size) {
                        choices[row] = edges[2 * i] + (int) left;
                    }
                    left -= size;
                }
            }
        }
    }
}
