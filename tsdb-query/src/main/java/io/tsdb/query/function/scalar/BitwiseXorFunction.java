package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `bitwise_xor(x, y)`: the bits that one of both has alone.
public final class BitwiseXorFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.INT64, ColumnType.INT64), ColumnType.INT64);

    @Override
    public String name() {
        return "bitwise_xor";
    }

    @Override
    public String usage() {
        return "bitwise_xor(int64, int64)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return SIGNATURE.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        long[] left = arguments[0].longs();
        long[] right = arguments[1].longs();
        for (int i = 0; i < rowCount; i++) {
            result.longs()[i] = left[i] ^ right[i];
        }
    }
}
