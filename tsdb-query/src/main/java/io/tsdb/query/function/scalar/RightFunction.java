package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `right(s, n)`: the last n characters; without the first -n when n is negative.
public final class RightFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.STRING, ColumnType.INT64), ColumnType.STRING);

    @Override
    public String name() {
        return "right";
    }

    @Override
    public String usage() {
        return "right(string, count)";
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
        return Characters.last(text, count < 0 ? Characters.count(text) + count : count, site);
    }
}
