package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `radians(x)`: degrees as radians.
public final class RadiansFunction implements ScalarFunction {
    @Override
    public String name() {
        return "radians";
    }

    @Override
    public String usage() {
        return "radians(number)";
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
            results[i] = Math.toRadians(values[i]);
        }
    }
}
