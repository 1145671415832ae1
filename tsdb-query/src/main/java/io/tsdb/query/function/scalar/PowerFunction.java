package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `power(x, y)`: x to the power of y, as float64.
public final class PowerFunction implements ScalarFunction {
    @Override
    public String name() {
        return "power";
    }

    @Override
    public String usage() {
        return "power(number, number)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.size() == 2 && arguments.stream().allMatch(ColumnType::isNumeric)
                ? Optional.of(
                        new ScalarSignature(
                                List.of(ColumnType.FLOAT64, ColumnType.FLOAT64),
                                ColumnType.FLOAT64))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        double[] bases = arguments[0].doubles();
        double[] exponents = arguments[1].doubles();
        double[] results = result.doubles();
        for (int i = 0; i < rowCount; i++) {
            results[i] = Math.pow(bases[i], exponents[i]);
        }
    }
}
