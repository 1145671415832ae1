package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;

import java.util.List;
import java.util.Optional;

/// `round(x[, decimals])`: the nearest number of that many decimals, halves away from zero; the
/// type of `x` stays, and an int64 is what it was.
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
        boolean fits =
                arguments.size() == 1
                        || arguments.size() == 2 && arguments.get(1) == ColumnType.INT64;
        return fits && arguments.getFirst().isNumeric()
                ? Optional.of(new ScalarSignature(arguments, arguments.getFirst()))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, Position position) {
        if (result.type() == ColumnType.INT64) {
            System.arraycopy(arguments[0].longs(), 0, result.longs(), 0, rowCount);
            return;
        }
        double[] values = arguments[0].doubles();
        double[] results = result.doubles();
        if (arguments.length == 1) {
            for (int i = 0; i < rowCount; i++) {
                results[i] = round(values[i]);
            }
            return;
        }
        long[] decimals = arguments[1].longs();
        for (int i = 0; i < rowCount; i++) {
            double scale = Math.pow(10, decimals[i]);
            double rounded = round(values[i] * scale) / scale;
            results[i] = Double.isFinite(rounded) ? rounded : decimals[i] > 0 ? values[i] : 0;
        }
    }

    private static double round(double value) {
        double size = Math.abs(value);
        double whole = Math.floor(size);
        return Math.copySign(size - whole >= 0.5 ? whole + 1 : whole, value);
    }
}
