package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `lead(value[, rows[, default]])`: the value of the row that lies so many rows after, one when
/// not said; `default`, or null, where the partition has no such row.
public final class LeadFunction implements RowChoiceFunction {
    @Override
    public String name() {
        return "lead";
    }

    @Override
    public String usage() {
        return "lead(value[, rows[, default]])";
    }

    @Override
    public Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        return RowOffset.resolve(arguments);
    }

    @Override
    public void choose(WindowRows rows, int argumentCount, int[] choices) {
        RowOffset.choose(rows, argumentCount, 1, choices);
    }
}
