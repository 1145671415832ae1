package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `concat(s, …)`: the texts one after the other; those that are NULL are left out.
public final class ConcatTextsFunction implements ScalarFunction {
    @Override
    public String name() {
        return "concat";
    }

    @Override
    public String usage() {
        return "concat(string, ...)";
    }

    @Override
    public boolean takesAnyAsText() {
        return true;
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.size() >= 1 && arguments.stream().allMatch(t -> t == ColumnType.STRING)
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
            rows.put(row, JoinedTexts.join(arguments, 0, "", row, site));
        }
        rows.finish();
    }
}
