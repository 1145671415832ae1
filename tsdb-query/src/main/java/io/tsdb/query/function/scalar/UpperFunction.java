package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// `upper(text)`: the text in upper case, whatever the language of the machine.
public final class UpperFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.STRING), ColumnType.STRING);

    @Override
    public String name() {
        return "upper";
    }

    @Override
    public String usage() {
        return "upper(string)";
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
                    // one letter may become three
                    at.reserveText(3L * text.length());
                    return text.toUpperCase(Locale.ROOT);
                });
    }
}
