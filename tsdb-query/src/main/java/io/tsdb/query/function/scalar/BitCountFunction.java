package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `bit_count(x)`: how many bits are set.
public final class BitCountFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.INT64), ColumnType.INT64);

    @Override
    public String name() {
        return "bit_count";
    }

    @Override
    public String usage() {
        return "bit_count(int64)";
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
            result.longs()[i] = Long.bitCount(left[i]);
        }
    }
}
