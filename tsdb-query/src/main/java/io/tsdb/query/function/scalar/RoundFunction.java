package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;

/// `round(x[, decimals])`: the nearest number of that many decimals, halves away from zero, before
/// the point for decimals below zero; the type of `x` stays. A float64 is rounded as it is printed:
/// 2.675 to two decimals is 2.68, though the float64 lies a little below.
public final class RoundFunction implements ScalarFunction {
    @Override
    public String name() {
        return "round";
    }

    @Override
    public String usage() {
        return "round(number[, decimals])";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return Decimals.resolve(arguments);
    }

    @Override
    public boolean mayFail() {
        return true;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        if (arguments.length == 2) {
            Decimals.evaluate(
                    arguments, rowCount, result, RoundingMode.HALF_UP, name(), site.position());
        } else if (result.type() == ColumnType.FLOAT64) {
            double[] values = arguments[0].doubles();
            for (int i = 0; i < rowCount; i++) {
                result.doubles()[i] = round(values[i]);
            }
        } else {
            System.arraycopy(arguments[0].longs(), 0, result.longs(), 0, rowCount);
        }
    }

    private static double round(double value) {
        double size = Math.abs(value);
        double whole = Math.floor(size);
        return Math.copySign(size - whole >= 0.5 ? whole + 1 : whole, value);
    }
}
