package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `left(s, n)`: the first n characters; without the last -n when n is negative.
public final class LeftFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.STRING, ColumnType.INT64), ColumnType.STRING);

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
        return Characters.first(text, count < 0 ? Characters.count(text) + count : count, site);
    }
}
