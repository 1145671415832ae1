package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `atan2(y, x)`: angle of the point in radians, from -pi to pi.
public final class Atan2Function implements ScalarFunction {
    @Override
    public String name() {
        return "atan2";
    }

    @Override
    public String usage() {
        return "atan2(y, x)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.size() == 2 && arguments.stream().allMatch(ColumnType::isNumeric)
                ? Optional.of(
                        new ScalarSignature(
                                arguments.stream().map(_ -> ColumnType.FLOAT64).toList(),
                                ColumnType.FLOAT64))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        double[] y = arguments[0].doubles();
        double[] x = arguments[1].doubles();
        for (int i = 0; i < rowCount; i++) {
            result.doubles()[i] = StrictMath.atan2(y[i], x[i]);
        }
    }
}
