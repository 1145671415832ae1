package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `length(text)`: number of code points.
public final class LengthFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.STRING), ColumnType.INT64);

    @Override
    public String name() {
        return "length";
    }

    @Override
    public String usage() {
        return "length(string)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return SIGNATURE.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        long[] results = result.longs();
        for (int i = 0; i < rowCount; i++) {
            if (result.isPresent(i)) {
                String text = arguments[0].string(i);
                results[i] = Characters.count(text);
            }
        }
    }
}
