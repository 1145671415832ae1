package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `log(x)`: to the base of 10; `log(base, x)`: to another. Null of numbers not above 0, and to a
/// base of 1.
public final class LogFunction implements ScalarFunction {
    @Override
    public String name() {
        return "log";
    }

    @Override
    public String usage() {
        return "log([base, ]number)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        boolean fits =
                (arguments.size() == 1 || arguments.size() == 2)
                        && arguments.stream().allMatch(ColumnType::isNumeric);
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
            double x = arguments[arguments.length - 1].doubles()[i];
            double base = arguments.length == 1 ? 10 : arguments[0].doubles()[i];
            if (result.isPresent(i) && (x <= 0 || base <= 0 || base == 1)) {
                result.setNull(i);
            } else {
                result.doubles()[i] =
                        base == 10 ? StrictMath.log10(x) : StrictMath.log(x) / StrictMath.log(base);
            }
        }
    }
}
