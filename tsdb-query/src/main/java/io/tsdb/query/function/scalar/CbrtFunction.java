package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `cbrt(x)`: the cube root, as float64.
public final class CbrtFunction implements ScalarFunction {
    @Override
    public String name() {
        return "cbrt";
    }

    @Override
    public String usage() {
        return "cbrt(number)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        boolean fits = arguments.size() == 1 && arguments.stream().allMatch(ColumnType::isNumeric);
        return fits
                ? Optional.of(
                        new ScalarSignature(
                                arguments.stream().map(_ -> ColumnType.FLOAT64).toList(),
                                ColumnType.FLOAT64))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        for (int i = 0; i < rowCount; i++) {
            result.doubles()[i] = StrictMath.cbrt(arguments[0].doubles()[i]);
        }
    }
}
