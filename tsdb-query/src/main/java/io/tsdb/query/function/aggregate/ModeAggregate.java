package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `mode(x)`: the value that occurs most often; of several the least.
public final class ModeAggregate implements AggregateFunction {
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
    public List<ColumnType> stateTypes(ColumnType argument) {
        return CollectedRows.STATE_TYPES;
    }

    @Override
    public boolean holdsRows() {
        return true;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(
                argument, CollectedRows.Order.VALUE, memory, ModeAggregate::finish);
    }

    private static void finish(GroupRows rows, ColumnVector result, int row) {
        int best = 0;
        int bestCount = 0;
        int from = 0;
        for (int i = 1; i <= rows.size(); i++) {
            if (i == rows.size() || rows.bits(i) != rows.bits(from)) {
                if (i - from > bestCount) {
                    bestCount = i - from;
                    best = from;
                }
                from = i;
            }
        }
        Values.set(rows, best, result, row);
    }
}
