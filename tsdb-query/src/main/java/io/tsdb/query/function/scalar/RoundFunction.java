package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.Uint64;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// `round(x[, decimals])`: the nearest number of that many decimals, halves away from zero, before
/// the point for decimals below zero; the type of `x` stays.
public final class RoundFunction implements ScalarFunction {
    /// Digits of the largest int64.
    private static final int DIGITS_MAX = 19;

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
    public boolean mayFail() {
        return true;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        if (result.type() != ColumnType.FLOAT64) {
            roundWholes(arguments, rowCount, result, site.position());
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

    private static void roundWholes(
            ColumnVector[] arguments, int rowCount, ColumnVector result, Position position) {
        long[] values = arguments[0].longs();
        long[] results = result.longs();
        System.arraycopy(values, 0, results, 0, rowCount);
        if (arguments.length == 1) {
            return;
        }
        for (int i = 0; i < rowCount; i++) {
            long decimals = arguments[1].longs()[i];
            if (decimals < 0 && result.isPresent(i)) {
                results[i] =
                        result.type() == ColumnType.UINT64
                                ? roundUnsigned(values[i], decimals, position)
                                : round(values[i], decimals, position);
            }
        }
    }

    private static long round(long value, long decimals, Position position) {
        if (decimals < -DIGITS_MAX) {
            return 0;
        }
        BigDecimal rounded =
                BigDecimal.valueOf(value).setScale((int) decimals, RoundingMode.HALF_UP);
        if (rounded.toBigInteger().bitLength() >= Long.SIZE) {
            throw new QueryException(
                    QueryErrorCode.OUT_OF_RANGE,
                    position,
                    "round(" + value + ", " + decimals + ") passes the range of int64");
        }
        return rounded.longValue();
    }

    private static long roundUnsigned(long value, long decimals, Position position) {
        if (decimals < -DIGITS_MAX) {
            return Uint64.ZERO;
        }
        BigDecimal number = new BigDecimal(Uint64.toText(value));
        OptionalLong rounded =
                Uint64.of(number.setScale((int) decimals, RoundingMode.HALF_UP).toBigInteger());
        return rounded.orElseThrow(
                () ->
                        new QueryException(
                                QueryErrorCode.OUT_OF_RANGE,
                                position,
                                "round("
                                        + number
                                        + ", "
                                        + decimals
                                        + ") passes the range of uint64"));
    }

    private static double round(double value) {
        double size = Math.abs(value);
        double whole = Math.floor(size);
        return Math.copySign(size - whole >= 0.5 ? whole + 1 : whole, value);
    }
}
