package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;

import java.util.List;
import java.util.Optional;

/// `string_agg(s, ', ')`: all texts in the order of their times, with a separator between; of one
/// time in the order of the texts.
public record StringAggAggregate(String separator)
        implements ParameterAggregate, OrderableAggregate {
    /// The one in the list of functions.
    public StringAggAggregate() {
        this(",");
    }

    @Override
    public String name() {
        return "string_agg";
    }

    @Override
    public String usage() {
        return "string_agg(string, ', ')";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument == ColumnType.STRING ? Optional.of(argument) : Optional.empty();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, RowSort sort, MemoryAccount memory) {
        MemoryAccount texts = memory.part();
        return new CollectedRows(
                argument, sort, memory, (rows, result, row) -> finish(rows, texts, result, row));
    }

    private void finish(GroupRows rows, MemoryAccount memory, ColumnVector result, int row) {
        long length = 0;
        for (int i = 0; i < rows.size(); i++) {
            length += rows.text(i).length() + (long) separator.length();
        }
        TextResults.reserve(length, memory);
        var text = new StringBuilder((int) length);
        for (int i = 0; i < rows.size(); i++) {
            text.append(i == 0 ? "" : separator).append(rows.text(i));
        }
        TextResults.set(result, row, text.toString());
    }

    @Override
    public String parameterText() {
        return ", '" + separator.replace("'", "''") + "'";
    }

    @Override
    public List<Object> parameters() {
        return List.of(separator);
    }

    @Override
    public int parametersMin() {
        return 0;
    }

    @Override
    public int parametersMax() {
        return 1;
    }

    @Override
    public AggregateFunction with(List<Object> parameters, Position position) {
        return new StringAggAggregate(
                parameters.isEmpty() ? "," : parameters.getFirst().toString());
    }
}
