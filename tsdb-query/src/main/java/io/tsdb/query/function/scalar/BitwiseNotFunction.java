package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `bitwise_not(x)`: the bits that it lacks.
public final class BitwiseNotFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.INT64), ColumnType.INT64);

    @Override
    public String name() {
        return "bitwise_not";
    }

    @Override
    public String usage() {
        return "bitwise_not(int64)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return SIGNATURE.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        long[] left = arguments[0].longs();
        for (int i = 0; i < rowCount; i++) {
            result.longs()[i] = ~left[i];
        }
    }
}
