package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `left(s, n)`: the first n characters; without the last -n when n is negative.
public final class LeftFunction implements ScalarFunction {
    private static final List<ColumnType> TYPES = List.of(ColumnType.STRING, ColumnType.INT64);

    @Override
    public String name() {
        return "left";
    }

    @Override
    public String usage() {
        return "left(string, count)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.equals(TYPES)
                ? Optional.of(new ScalarSignature(TYPES, ColumnType.STRING))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        var texts = new TextRows(rowCount, result);
        for (int row = 0; row < rowCount; row++) {
            texts.put(
                    row,
                    result.isPresent(row)
                            ? text(arguments[0].string(row), arguments[1].longs()[row], site)
                            : null);
        }
        texts.finish();
    }

    private static String text(String text, long count, CallSite site) {
        int all = text.codePointCount(0, text.length());
        int kept = Math.clamp(count < 0 ? all + count : count, 0, all);
        site.reserveText(text.length());
        return text.substring(0, text.offsetByCodePoints(0, kept));
    }
}
