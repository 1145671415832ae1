package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `trunc(x)`: the number without its fraction; the type stays.
public final class TruncFunction implements ScalarFunction {
    @Override
    public String name() {
        return "trunc";
    }

    @Override
    public String usage() {
        return "trunc(number)";
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
        } else {
            for (int i = 0; i < rowCount; i++) {
                double value = arguments[0].doubles()[i];
                result.doubles()[i] = value < 0 ? Math.ceil(value) : Math.floor(value);
            }
        }
    }
}
