package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `least(a, b, ...)`: the smallest of the values that are not null; null when all are.
public final class LeastFunction implements ScalarFunction {
    @Override
    public String name() {
        return "least";
    }

    @Override
    public String usage() {
        return "least(value, value, ...)";
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
            int best = -1;
            for (int a = 0; a < arguments.length; a++) {
                if (arguments[a].isPresent(i)
                        && (best < 0
                                || ValueOrder.compare(arguments[a], i, arguments[best], i) < 0)) {
                    best = a;
                }
            }
            choices[i] = best;
        }
        ArgumentChoice.write(arguments, choices, rowCount, result);
    }
}
