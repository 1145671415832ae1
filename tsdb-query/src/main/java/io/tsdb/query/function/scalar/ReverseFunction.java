package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `reverse(s)`: the characters from the last to the first.
public final class ReverseFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.STRING), ColumnType.STRING);

    @Override
    public String name() {
        return "reverse";
    }

    @Override
    public String usage() {
        return "reverse(string)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return SIGNATURE.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        TextMapping.map(
                arguments[0],
                rowCount,
                result,
                site,
                (text, at) -> {
                    at.reserveText(2L * text.length());
                    return new StringBuilder(text).reverse().toString();
                });
    }
}
