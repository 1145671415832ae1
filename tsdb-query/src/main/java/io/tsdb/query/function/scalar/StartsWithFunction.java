package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `starts_with(s, start)`: whether the text begins so.
public final class StartsWithFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.STRING, ColumnType.STRING), ColumnType.BOOL);

    @Override
    public String name() {
        return "starts_with";
    }

    @Override
    public String usage() {
        return "starts_with(string, start)";
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
                boolean begins = arguments[0].string(row).startsWith(arguments[1].string(row));
                result.longs()[row] = begins ? 1 : 0;
            }
        }
    }
}
