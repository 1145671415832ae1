package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;

/// Earliest or newest values of any type, by their times.
final class Edges {
    private Edges() {}

    /// The value and its time.
    static List<ColumnType> stateTypes(ColumnType type) {
        return List.of(type, ColumnType.TIMESTAMP);
    }

    static Accumulator accumulator(boolean newest, ColumnType type, MemoryAccount memory) {
        return type == ColumnType.STRING
                ? new StringEdges(newest, memory)
                : new NumberEdges(newest, type, memory);
    }
}
