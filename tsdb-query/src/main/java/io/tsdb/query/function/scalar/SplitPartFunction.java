package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `split_part(s, separator, n)`: the n-th of the parts between separators, from 1; from the end
/// when n is negative; empty when there is none.
public final class SplitPartFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(
                    List.of(ColumnType.STRING, ColumnType.STRING, ColumnType.INT64),
                    ColumnType.STRING);

    @Override
    public String name() {
        return "split_part";
    }

    @Override
    public String usage() {
        return "split_part(string, separator, position)";
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
                                arguments[2].longs()[row],
                                site));
    }

    private static String text(String text, String separator, long position, CallSite site) {
        site.reserveText(text.length());
        if (separator.isEmpty()) {
            return position == 1 || position == -1 ? text : "";
        }
        return position > 0
                ? fromStart(text, separator, position)
                : fromEnd(text, separator, position);
    }

    private static String fromStart(String text, String separator, long position) {
        int from = 0;
        for (long part = 1; part < position; part++) {
            int next = text.indexOf(separator, from);
            if (next < 0) {
                return "";
            }
            from = next + separator.length();
        }
        int to = text.indexOf(separator, from);
        return text.substring(from, to < 0 ? text.length() : to);
    }

    private static String fromEnd(String text, String separator, long position) {
        long parts = 1;
        for (int at = text.indexOf(separator); at >= 0; ) {
            parts++;
            at = text.indexOf(separator, at + separator.length());
        }
        long fromStart = parts + position + 1;
        return position == 0 || fromStart < 1 ? "" : fromStart(text, separator, fromStart);
    }
}
