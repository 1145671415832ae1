package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// Types that a function takes and gives for one call, arguments cast where need be.
public record ScalarSignature(List<ColumnType> arguments, ColumnType result) {
    public ScalarSignature {
        arguments = List.copyOf(arguments);
    }

    /// This for arguments of exactly its types, empty for others: what functions with one signature
    /// answer.
    Optional<ScalarSignature> resolve(List<ColumnType> given) {
        return given.equals(arguments) ? Optional.of(this) : Optional.empty();
    }
}
