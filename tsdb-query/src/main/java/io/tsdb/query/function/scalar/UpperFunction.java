package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// `upper(text)`: the text in upper case, whatever the language of the machine.
public final class UpperFunction implements ScalarFunction {
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
        return arguments.equals(List.of(ColumnType.STRING))
                ? Optional.of(new ScalarSignature(arguments, ColumnType.STRING))
                : Optional.empty();
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
