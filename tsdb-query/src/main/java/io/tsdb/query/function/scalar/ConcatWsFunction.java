package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `concat_ws(separator, s, …)`: the texts with the separator between; those that are NULL are left
/// out. NULL when the separator is.
public final class ConcatWsFunction implements ScalarFunction {
    @Override
    public String name() {
        return "concat_ws";
    }

    @Override
    public String usage() {
        return "concat_ws(separator, string, ...)";
    }

    @Override
    public boolean takesAnyAsText() {
        return true;
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.size() >= 2 && arguments.stream().allMatch(t -> t == ColumnType.STRING)
                ? Optional.of(new ScalarSignature(arguments, ColumnType.STRING))
                : Optional.empty();
    }

    @Override
    public boolean nullWhenAnyNull() {
        return false;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        var rows = new TextRows(rowCount, result);
        result.setAllPresent();
        for (int row = 0; row < rowCount; row++) {
            rows.put(
                    row,
                    arguments[0].isPresent(row)
                            ? JoinedTexts.join(arguments, 1, arguments[0].string(row), row, site)
                            : null);
        }
        rows.finish();
    }
}
