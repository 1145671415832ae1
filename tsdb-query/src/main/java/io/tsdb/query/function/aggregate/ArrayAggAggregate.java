package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `array_agg(x)`: all values in the order of their times as the text of a JSON array; of one time
/// in the order of the values.
public final class ArrayAggAggregate implements OrderableAggregate {
    @Override
    public String name() {
        return "array_agg";
    }

    @Override
    public String usage() {
        return "array_agg(value)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return Optional.of(ColumnType.STRING);
    }

    @Override
    public Accumulator accumulator(ColumnType argument, RowSort sort, MemoryAccount memory) {
        MemoryAccount texts = memory.part();
        return new CollectedRows(
                argument, sort, memory, (rows, result, row) -> finish(rows, texts, result, row));
    }

    private static void finish(GroupRows rows, MemoryAccount memory, ColumnVector result, int row) {
        var text = new StringBuilder("[");
        int reserved = 0;
        for (int i = 0; i < rows.size(); i++) {
            text.append(i == 0 ? "" : ",");
            Values.append(rows, i, text);
            reserved = TextResults.reserveGrown(text.length(), reserved, memory);
        }
        TextResults.reserve(text.length(), memory);
        TextResults.set(result, row, text.append(']').toString());
    }
}
