package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What `lag` and `lead` share: a row so many rows away.
final class RowOffset {
    private RowOffset() {}

    static Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        boolean fits =
                !arguments.isEmpty()
                        && arguments.size() <= 3
                        && (arguments.size() < 2 || arguments.get(1) == ColumnType.INT64);
        if (!fits) {
            return Optional.empty();
        }
        var types = new ArrayList<>(arguments);
        if (types.size() == 3) {
            types.set(2, arguments.getFirst());
        }
        types.add(arguments.getFirst());
        return Optional.of(types);
    }

    /// @param direction 1 for rows behind, -1 for rows before
    static void choose(WindowRows rows, int argumentCount, int direction, int[] choices) {
        int otherwise = argumentCount == 3 ? RowChoiceFunction.DEFAULT : RowChoiceFunction.NONE;
        for (int row = rows.from(); row < rows.to(); row++) {
            if (argumentCount > 1 && !rows.isPresent(1, row)) {
                choices[row] = RowChoiceFunction.NONE;
                continue;
            }
            long distance = argumentCount > 1 ? rows.longArgument(1, row) : 1;
            // beyond any partition, so that the product does not wrap
            long clamped = Math.clamp(distance, -(long) Integer.MAX_VALUE, Integer.MAX_VALUE);
            long chosen = row + direction * clamped;
            boolean isInside = chosen >= rows.from() && chosen < rows.to();
            choices[row] = isInside ? (int) chosen : otherwise;
        }
    }
}
