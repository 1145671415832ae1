package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `ceil(x)`: the smallest whole number that is not less; the type stays.
public final class CeilFunction implements ScalarFunction {
    @Override
    public String name() {
        return "ceil";
    }

    @Override
    public String usage() {
        return "ceil(number)";
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
        if (result.type() != ColumnType.FLOAT64) {
            System.arraycopy(arguments[0].longs(), 0, result.longs(), 0, rowCount);
            return;
        }
        double[] values = arguments[0].doubles();
        double[] results = result.doubles();
        for (int i = 0; i < rowCount; i++) {
            results[i] = Math.ceil(values[i]);
        }
    }
}
