package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `bitwise_right_shift(x, places)`: the sign stays, as with division by a power of two, rounded
/// down.
public final class BitwiseRightShiftFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.INT64, ColumnType.INT64), ColumnType.INT64);

    @Override
    public String name() {
        return "bitwise_right_shift";
    }

    @Override
    public String usage() {
        return "bitwise_right_shift(int64, places)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return SIGNATURE.resolve(arguments);
    }

    @Override
    public boolean mayFail() {
        return true;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        for (int i = 0; i < rowCount; i++) {
            if (result.isPresent(i)) {
                long count = BitShift.places(arguments[1], i, site);
                result.longs()[i] = arguments[0].longs()[i] >> Math.min(count, Long.SIZE - 1);
            }
        }
    }
}
