package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `coalesce(a, b, ...)`: the first value that is not null.
public final class CoalesceFunction implements ScalarFunction {
    @Override
    public String name() {
        return "coalesce";
    }

    @Override
    public String usage() {
        return "coalesce(value, value, ...)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.isEmpty()
                ? Optional.empty()
                : CommonType.of(arguments)
                        .map(
                                type ->
                                        new ScalarSignature(
                                                arguments.stream().map(_ -> type).toList(), type));
    }

    @Override
    public boolean nullWhenAnyNull() {
        return false;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        var choices = new int[rowCount];
        for (int i = 0; i < rowCount; i++) {
            choices[i] = -1;
            for (int a = 0; a < arguments.length && choices[i] < 0; a++) {
                if (arguments[a].isPresent(i)) {
                    choices[i] = a;
                }
            }
        }
        ArgumentChoice.write(arguments, choices, rowCount, result);
    }
}
