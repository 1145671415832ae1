package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `ltrim(s[, characters])`: without white space, or any of these characters, at the start.
public final class LtrimFunction implements ScalarFunction {
    @Override
    public String name() {
        return "ltrim";
    }

    @Override
    public String usage() {
        return "ltrim(string[, characters])";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return Trimming.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        Trimming.evaluate(arguments, rowCount, result, site, true, false);
    }
}
