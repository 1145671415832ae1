package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `log10(x)`: logarithm to base 10, as float64; null of numbers not above 0.
public final class Log10Function implements ScalarFunction {
    @Override
    public String name() {
        return "log10";
    }

    @Override
    public String usage() {
        return "log10(number)";
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
            results[i] = StrictMath.log10(values[i]);
            if (values[i] <= 0) {
                result.setNull(i);
            }
        }
    }
}
