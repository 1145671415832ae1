package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;

import java.util.List;

/// Types that a function takes and gives for one call, arguments cast where need be.
public record ScalarSignature(List<ColumnType> arguments, ColumnType result) {
    public ScalarSignature {
        arguments = List.copyOf(arguments);
    }
}
