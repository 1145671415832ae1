package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `sign(x)`: -1, 0 or 1; the type stays; NaN stays NaN.
public final class SignFunction implements ScalarFunction {
    @Override
    public String name() {
        return "sign";
    }

    @Override
    public String usage() {
        return "sign(number)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.size() == 1 && arguments.getFirst().isNumeric()
                ? Optional.of(new ScalarSignature(arguments, arguments.getFirst()))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        if (result.type() == ColumnType.UINT64) {
            for (int i = 0; i < rowCount; i++) {
                result.longs()[i] = arguments[0].longs()[i] == 0 ? 0 : 1;
            }
        } else if (result.type() == ColumnType.INT64) {
            for (int i = 0; i < rowCount; i++) {
                result.longs()[i] = Long.signum(arguments[0].longs()[i]);
            }
        } else {
            for (int i = 0; i < rowCount; i++) {
                result.doubles()[i] = Math.signum(arguments[0].doubles()[i]);
            }
        }
    }
}
