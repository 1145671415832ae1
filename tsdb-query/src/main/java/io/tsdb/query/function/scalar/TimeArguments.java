package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// Signatures with times: a text in the place of one becomes one when it is a constant.
final class TimeArguments {
    private TimeArguments() {}

    /// @param types as they are wanted
    /// @return empty when the arguments are others
    static Optional<ScalarSignature> fit(
            List<ColumnType> arguments, List<ColumnType> types, ColumnType result) {
        if (arguments.size() != types.size()) {
            return Optional.empty();
        }
        for (int i = 0; i < types.size(); i++) {
            boolean isText =
                    types.get(i) == ColumnType.TIMESTAMP && arguments.get(i) == ColumnType.STRING;
            if (arguments.get(i) != types.get(i) && !isText) {
                return Optional.empty();
            }
        }
        return Optional.of(new ScalarSignature(types, result));
    }
}
