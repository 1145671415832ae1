package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.QueryErrorCode;

import java.util.List;
import java.util.Optional;

/// `substring(s, from[, count])`: count characters from number `from` on, the first being 1; all to
/// the end without count. As in PostgreSQL, positions before the text count, too.
public final class SubstringFunction implements ScalarFunction {
    @Override
    public String name() {
        return "substring";
    }

    @Override
    public String usage() {
        return "substring(string, from[, count])";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        boolean fits =
                arguments.equals(List.of(ColumnType.STRING, ColumnType.INT64))
                        || arguments.equals(
                                List.of(ColumnType.STRING, ColumnType.INT64, ColumnType.INT64));
        return fits
                ? Optional.of(new ScalarSignature(arguments, ColumnType.STRING))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        TextRows.fill(
                rowCount,
                result,
                row -> {
                    long count =
                            arguments.length == 3
                                    ? arguments[2].longs()[row]
                                    : Integer.MAX_VALUE * 2L;
                    return text(arguments[0].string(row), arguments[1].longs()[row], count, site);
                });
    }

    private static String text(String text, long from, long count, CallSite site) {
        if (count < 0) {
            throw site.error(
                    QueryErrorCode.OUT_OF_RANGE, "a part of a text has no length of " + count);
        }
        int all = Characters.count(text);
        long end = from > Long.MAX_VALUE - count ? Long.MAX_VALUE : from + count;
        int start = (int) Math.clamp(from, 1, all + 1L) - 1;
        int stop = (int) Math.clamp(end, start + 1L, all + 1L) - 1;
        site.reserveText(text.length());
        int at = text.offsetByCodePoints(0, start);
        return text.substring(at, text.offsetByCodePoints(at, stop - start));
    }
}
