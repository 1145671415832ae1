package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `replace(s, from, to)`: every `from` in the text, left to right, becomes `to`; an empty `from`
/// changes nothing.
public final class ReplaceFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(
                    List.of(ColumnType.STRING, ColumnType.STRING, ColumnType.STRING),
                    ColumnType.STRING);

    @Override
    public String name() {
        return "replace";
    }

    @Override
    public String usage() {
        return "replace(string, from, to)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return SIGNATURE.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        TextRows.fill(
                rowCount,
                result,
                row ->
                        text(
                                arguments[0].string(row),
                                arguments[1].string(row),
                                arguments[2].string(row),
                                site));
    }

    private static String text(String text, String from, String to, CallSite site) {
        if (from.isEmpty()) {
            return text;
        }
        long found = 0;
        for (int at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + from.length())) {
            found++;
        }
        long length = text.length() + found * (to.length() - from.length());
        // built, then copied
        site.reserveText(length);
        site.reserveText(length);
        return found == 0 ? text : text.replace(from, to);
    }
}
