package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `histogram(x)`: how often each value occurs, as the text of a JSON object, in the order of the
/// values.
public final class HistogramAggregate implements AggregateFunction {
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
    public List<ColumnType> stateTypes(ColumnType argument) {
        return CollectedRows.STATE_TYPES;
    }

    @Override
    public boolean holdsRows() {
        return true;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        MemoryAccount texts = memory.sibling();
        return new CollectedRows(
                argument,
                CollectedRows.Order.VALUE,
                memory,
                (rows, result, row) -> finish(rows, texts, result, row));
    }

    private static void finish(GroupRows rows, MemoryAccount memory, ColumnVector result, int row) {
        var text = new StringBuilder("{");
        int from = 0;
        for (int i = 1; i <= rows.size(); i++) {
            if (i == rows.size() || rows.bits(i) != rows.bits(from)) {
                text.append(from == 0 ? "" : ",");
                boolean isQuoted =
                        rows.type() == ColumnType.STRING || rows.type() == ColumnType.TIMESTAMP;
                text.append(isQuoted ? "" : "\"");
                Values.append(rows, from, text);
                text.append(isQuoted ? ":" : "\":").append(i - from);
                from = i;
            }
        }
        TextResults.reserve(text.length(), memory);
        TextResults.set(result, row, text.append('}').toString());
    }
}
