package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `lpad(s, n, fill)`: filled at the start with `fill`, over and over, to n characters; cut to the
/// first n when it has more.
public final class LpadFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(
                    List.of(ColumnType.STRING, ColumnType.INT64, ColumnType.STRING),
                    ColumnType.STRING);

    @Override
    public String name() {
        return "lpad";
    }

    @Override
    public String usage() {
        return "lpad(string, count, fill)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return SIGNATURE.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        TextRows.fill(rowCount, result, row -> Characters.padded(arguments, row, true, site));
    }
}
