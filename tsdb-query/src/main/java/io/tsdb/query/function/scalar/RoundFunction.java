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
/// the point for decimals below zero; the type of `x` stays. A float64 is rounded as it is printed:
/// 2.675 to two decimals is 2.68, though the float64 lies a little below.
public final class RoundFunction implements ScalarFunction {
    /// Digits of the largest int64.
    private static final int DIGITS_MAX = 19;

    /// Powers of ten up to this one are float64s.
    private static final int EXACT_POWER_MAX = 22;

    /// No float64 has more digits than that before or behind the point.
    private static final int PLACES_MAX = 400;

    /// From here on a float64 has no fraction.
    private static final double WHOLE_MIN = 0x1p52;

    /// Below this a product with a power of ten is off by less than [#DOUBT].
    private static final double SCALED_MAX = 0x1p40;

    /// How near to a half the direction is in doubt.
    private static final double DOUBT = 1e-3;

    private static final double[] POWERS = new double[EXACT_POWER_MAX + 1];

    static {
        for (int i = 0; i <= EXACT_POWER_MAX; i++) {
            POWERS[i] = Double.parseDouble("1e" + i);
        }
    }

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
            results[i] = result.isPresent(i) ? round(values[i], decimals[i]) : 0;
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

    private static double round(double value, long decimals) {
        double size = Math.abs(value);
        boolean isRound = decimals >= 0 && size >= WHOLE_MIN || decimals > PLACES_MAX;
        if (isRound || !Double.isFinite(value) || value == 0) {
            return value;
        }
        if (Math.abs(decimals) <= EXACT_POWER_MAX) {
            double power = POWERS[(int) Math.abs(decimals)];
            double scaled = decimals >= 0 ? size * power : size / power;
            double whole = Math.floor(scaled);
            double fraction = scaled - whole;
            if (scaled < SCALED_MAX && Math.abs(fraction - 0.5) > DOUBT) {
                double nearest = fraction > 0.5 ? whole + 1 : whole;
                // both are exact, so that the one division rounds to the decimal number's float64
                return Math.copySign(decimals >= 0 ? nearest / power : nearest * power, value);
            }
        }
        return Math.copySign(roundPrinted(size, (int) Math.max(decimals, -PLACES_MAX)), value);
    }

    private static double roundPrinted(double size, int decimals) {
        BigDecimal printed = BigDecimal.valueOf(size);
        return printed.scale() <= decimals
                ? size
                : printed.setScale(decimals, RoundingMode.HALF_UP).doubleValue();
    }
}
