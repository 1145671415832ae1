package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `trim(s[, characters])`: without white space, or any of these characters, at both ends.
public final class TrimFunction implements ScalarFunction {
    @Override
    public String name() {
        return "trim";
    }

    @Override
    public String usage() {
        return "trim(string[, characters])";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return Trimming.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        Trimming.evaluate(arguments, rowCount, result, site, true, true);
    }
}
