package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// `lower(text)`: the text in lower case, whatever the language of the machine.
public final class LowerFunction implements ScalarFunction {
    @Override
    public String name() {
        return "lower";
    }

    @Override
    public String usage() {
        return "lower(string)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.equals(List.of(ColumnType.STRING))
                ? Optional.of(new ScalarSignature(arguments, ColumnType.STRING))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, Position position) {
        String[] strings = arguments[0].dictionary();
        var mapped = new String[Math.max(1, arguments[0].dictionarySize())];
        for (int i = 0; i < arguments[0].dictionarySize(); i++) {
            mapped[i] = strings[i].toLowerCase(Locale.ROOT);
        }
        result.setDictionary(mapped, arguments[0].dictionarySize());
        System.arraycopy(arguments[0].ids(), 0, result.ids(), 0, rowCount);
    }
}
