package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `rtrim(s[, characters])`: without white space, or any of these characters, at the end.
public final class RtrimFunction implements ScalarFunction {
    @Override
    public String name() {
        return "rtrim";
    }

    @Override
    public String usage() {
        return "rtrim(string[, characters])";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return Trimming.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        Trimming.evaluate(arguments, rowCount, result, site, false, true);
    }
}
