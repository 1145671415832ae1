package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `exp(x)`: e to the power of x, as float64.
public final class ExpFunction implements ScalarFunction {
    @Override
    public String name() {
        return "exp";
    }

    @Override
    public String usage() {
        return "exp(number)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.size() == 1 && arguments.getFirst().isNumeric()
                ? Optional.of(new ScalarSignature(List.of(ColumnType.FLOAT64), ColumnType.FLOAT64))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        double[] values = arguments[0].doubles();
        double[] results = result.doubles();
        for (int i = 0; i < rowCount; i++) {
            results[i] = StrictMath.exp(values[i]);
        }
    }
}
