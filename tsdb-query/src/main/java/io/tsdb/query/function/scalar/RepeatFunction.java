package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `repeat(s, n)`: the text n times over; empty when n is not above 0.
public final class RepeatFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.STRING, ColumnType.INT64), ColumnType.STRING);

    @Override
    public String name() {
        return "repeat";
    }

    @Override
    public String usage() {
        return "repeat(string, count)";
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
                row -> text(arguments[0].string(row), arguments[1].longs()[row], site));
    }

    private static String text(String text, long count, CallSite site) {
        long times = Math.max(0, count);
        site.reserveText(
                text.isEmpty()
                        ? 0
                        : Math.multiplyHigh(times, text.length()) != 0
                                ? Long.MAX_VALUE
                                : Math.max(times, times * text.length()));
        return text.isEmpty() ? "" : text.repeat((int) times);
    }
}
