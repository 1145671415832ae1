package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `rpad(s, n, fill)`: filled at the end with `fill`, over and over, to n characters; cut to the
/// first n when it has more.
public final class RpadFunction implements ScalarFunction {
    private static final List<ColumnType> TYPES =
            List.of(ColumnType.STRING, ColumnType.INT64, ColumnType.STRING);

    @Override
    public String name() {
        return "rpad";
    }

    @Override
    public String usage() {
        return "rpad(string, count, fill)";
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
                            ? text(
                                    arguments[0].string(row),
                                    arguments[1].longs()[row],
                                    arguments[2].string(row),
                                    site)
                            : null);
        }
        texts.finish();
    }

    private static String text(String text, long count, String fill, CallSite site) {
        int all = text.codePointCount(0, text.length());
        if (count <= all || fill.isEmpty()) {
            int kept = Math.clamp(count, 0, all);
            site.reserveText(text.length());
            return text.substring(0, text.offsetByCodePoints(0, kept));
        }
        // two units a character at most; built, then copied
        site.reserveText(Math.min(count, Long.MAX_VALUE / 4) * 2 + text.length());
        site.reserveText(count * 2 + text.length());
        int[] points = fill.codePoints().toArray();
        var filled = new StringBuilder();
        for (int i = 0; i < count - all; i++) {
            filled.appendCodePoint(points[i % points.length]);
        }
        return filled.insert(0, text).toString();
    }
}
