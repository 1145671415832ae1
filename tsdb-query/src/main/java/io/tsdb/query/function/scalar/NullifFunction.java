package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `nullif(a, b)`: null when both are equal, else `a`.
public final class NullifFunction implements ScalarFunction {
    @Override
    public String name() {
        return "nullif";
    }

    @Override
    public String usage() {
        return "nullif(value, value)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.size() != 2
                ? Optional.empty()
                : CommonType.of(arguments)
                        .map(type -> new ScalarSignature(List.of(type, type), type));
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
            boolean equal =
                    arguments[0].isPresent(i)
                            && arguments[1].isPresent(i)
                            && ValueOrder.compare(arguments[0], i, arguments[1], i) == 0;
            choices[i] = equal || !arguments[0].isPresent(i) ? -1 : 0;
        }
        ArgumentChoice.write(arguments, choices, rowCount, result);
    }
}
