package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `mode(x)`: the value that occurs most often; of several the least.
public final class ModeAggregate implements RowsAggregate {
    @Override
    public String name() {
        return "mode";
    }

    @Override
    public String usage() {
        return "mode(value)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return Optional.of(argument);
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.VALUE, memory, ModeAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        int best = 0;
        int bestCount = 0;
        for (int from = 0; from < rows.size(); ) {
            int to = rows.runEnd(from);
            if (to - from > bestCount) {
                bestCount = to - from;
                best = from;
            }
            from = to;
        }
        Values.set(rows, best, result, row);
    }
}
