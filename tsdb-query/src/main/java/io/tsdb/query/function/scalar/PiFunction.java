package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// `pi()`: the circumference of a circle whose diameter is one.
public final class PiFunction implements ScalarFunction {
    @Override
    public String name() {
        return "pi";
    }

    @Override
    public String usage() {
        return "pi()";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.isEmpty()
                ? Optional.of(new ScalarSignature(List.of(), ColumnType.FLOAT64))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        Arrays.fill(result.doubles(), 0, rowCount, Math.PI);
    }
}
