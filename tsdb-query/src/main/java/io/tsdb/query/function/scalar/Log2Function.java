package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `log2(x)`: logarithm to base 2, as float64; null of numbers not above 0.
public final class Log2Function implements ScalarFunction {
    @Override
    public String name() {
        return "log2";
    }

    @Override
    public String usage() {
        return "log2(number)";
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
            results[i] = StrictMath.log(values[i]) / StrictMath.log(2);
            if (values[i] <= 0) {
                result.setNull(i);
            }
        }
    }
}
