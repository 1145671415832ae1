package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Optional;

/// `histogram(x)`: how often each value occurs, as the text of a JSON object, in the order of the
/// values.
public final class HistogramAggregate implements RowsAggregate {
    @Override
    public String name() {
        return "histogram";
    }

    @Override
    public String usage() {
        return "histogram(value)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return Optional.of(ColumnType.STRING);
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        MemoryAccount texts = memory.part();
        return new CollectedRows(
                argument,
                RowSort.VALUE,
                memory,
                (rows, result, row) -> finish(rows, texts, result, row));
    }

    private static void finish(GroupRows rows, MemoryAccount memory, ColumnVector result, int row) {
        var text = new StringBuilder("{");
        boolean isQuoted = rows.type() == ColumnType.STRING || rows.type() == ColumnType.TIMESTAMP;
        int reserved = 0;
        for (int from = 0; from < rows.size(); ) {
            int to = rows.runEnd(from);
            text.append(from == 0 ? "" : ",").append(isQuoted ? "" : "\"");
            Values.append(rows, from, text);
            text.append(isQuoted ? ":" : "\":").append(to - from);
            reserved = TextResults.reserveGrown(text.length(), reserved, memory);
            from = to;
        }
        TextResults.reserve(text.length(), memory);
        TextResults.set(result, row, text.append('}').toString());
    }
}
