package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `mod(x, y)`: the remainder, as `x % y`, with the sign of x; null when y is 0.
public final class ModFunction implements ScalarFunction {
    @Override
    public String name() {
        return "mod";
    }

    @Override
    public String usage() {
        return "mod(number, number)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        boolean fits =
                arguments.size() == 2
                        && arguments.stream()
                                .allMatch(t -> t == ColumnType.INT64 || t == ColumnType.FLOAT64);
        if (!fits) {
            return Optional.empty();
        }
        ColumnType type =
                arguments.contains(ColumnType.FLOAT64) ? ColumnType.FLOAT64 : ColumnType.INT64;
        return Optional.of(new ScalarSignature(List.of(type, type), type));
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        boolean isDouble = result.type() == ColumnType.FLOAT64;
        for (int i = 0; i < rowCount; i++) {
            if (!result.isPresent(i)) {
                continue;
            }
            boolean isZero =
                    isDouble ? arguments[1].doubles()[i] == 0 : arguments[1].longs()[i] == 0;
            if (isZero) {
                result.setNull(i);
            } else if (isDouble) {
                result.doubles()[i] = arguments[0].doubles()[i] % arguments[1].doubles()[i];
            } else {
                result.longs()[i] = arguments[0].longs()[i] % arguments[1].longs()[i];
            }
        }
    }
}
