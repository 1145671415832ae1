package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;

/// `trunc(x[, decimals])`: the number without its fraction, or without what is behind that many
/// decimals, before the point for decimals below zero; the type stays. A float64 is cut as it is
/// printed: 0.29 to two decimals is 0.29, though the float64 lies a little below.
public final class TruncFunction implements ScalarFunction {
    @Override
    public String name() {
        return "trunc";
    }

    @Override
    public String usage() {
        return "trunc(number[, decimals])";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return Decimals.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        if (arguments.length == 2) {
            Decimals.evaluate(
                    arguments, rowCount, result, RoundingMode.DOWN, name(), site.position());
        } else if (result.type() != ColumnType.FLOAT64) {
            System.arraycopy(arguments[0].longs(), 0, result.longs(), 0, rowCount);
        } else {
            for (int i = 0; i < rowCount; i++) {
                double value = arguments[0].doubles()[i];
                result.doubles()[i] = value < 0 ? Math.ceil(value) : Math.floor(value);
            }
        }
    }
}
