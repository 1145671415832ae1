package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `strpos(s, part)`: number of the character at which the part first begins, from 1; 0 without
/// one.
public final class StrposFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.STRING, ColumnType.STRING), ColumnType.INT64);

    @Override
    public String name() {
        return "strpos";
    }

    @Override
    public String usage() {
        return "strpos(string, part)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return SIGNATURE.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        for (int row = 0; row < rowCount; row++) {
            if (result.isPresent(row)) {
                String text = arguments[0].string(row);
                int at = text.indexOf(arguments[1].string(row));
                result.longs()[row] = at < 0 ? 0 : text.codePointCount(0, at) + 1;
            }
        }
    }
}
