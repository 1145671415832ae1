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

/// Numbers brought to so many decimals, before the point for decimals below zero: what `round` and
/// `trunc` do, by [RoundingMode#HALF_UP] and [RoundingMode#DOWN]. A float64 counts as it is
/// printed.
final class Decimals {
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

    /// How near to where the direction changes it is in doubt.
    private static final double DOUBT = 1e-3;

    private static final double[] POWERS = new double[EXACT_POWER_MAX + 1];

    static {
        for (int i = 0; i <= EXACT_POWER_MAX; i++) {
            POWERS[i] = Double.parseDouble("1e" + i);
        }
    }

    private Decimals() {}

    /// A number, and maybe an int64 of decimals; the type stays.
    static Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        boolean fits =
                arguments.size() == 1
                        || arguments.size() == 2 && arguments.get(1) == ColumnType.INT64;
        return fits && arguments.getFirst().isNumeric()
                ? Optional.of(new ScalarSignature(arguments, arguments.getFirst()))
                : Optional.empty();
    }

    /// @param arguments two of them
    /// @param name of the function, for errors
    static void evaluate(
            ColumnVector[] arguments,
            int rowCount,
            ColumnVector result,
            RoundingMode mode,
            String name,
            Position position) {
        long[] decimals = arguments[1].longs();
        for (int i = 0; i < rowCount; i++) {
            if (result.type() == ColumnType.FLOAT64) {
                result.doubles()[i] =
                        result.isPresent(i) ? to(arguments[0].doubles()[i], decimals[i], mode) : 0;
            } else {
                long value = arguments[0].longs()[i];
                result.longs()[i] =
                        decimals[i] >= 0 || !result.isPresent(i)
                                ? value
                                : result.type() == ColumnType.UINT64
                                        ? unsigned(value, decimals[i], mode, name, position)
                                        : signed(value, decimals[i], mode, name, position);
            }
        }
    }

    private static long signed(
            long value, long decimals, RoundingMode mode, String name, Position position) {
        if (decimals < -DIGITS_MAX) {
            return 0;
        }
        BigDecimal rounded = BigDecimal.valueOf(value).setScale((int) decimals, mode);
        if (rounded.toBigInteger().bitLength() >= Long.SIZE) {
            throw outOfRange(name, Long.toString(value), decimals, "int64", position);
        }
        return rounded.longValue();
    }

    private static long unsigned(
            long value, long decimals, RoundingMode mode, String name, Position position) {
        if (decimals < -DIGITS_MAX) {
            return Uint64.ZERO;
        }
        var number = new BigDecimal(Uint64.toText(value));
        OptionalLong rounded = Uint64.of(number.setScale((int) decimals, mode).toBigInteger());
        return rounded.orElseThrow(
                () -> outOfRange(name, number.toString(), decimals, "uint64", position));
    }

    private static QueryException outOfRange(
            String name, String value, long decimals, String type, Position position) {
        return new QueryException(
                QueryErrorCode.OUT_OF_RANGE,
                position,
                name + "(" + value + ", " + decimals + ") passes the range of " + type);
    }

    private static double to(double value, long decimals, RoundingMode mode) {
        double size = Math.abs(value);
        boolean isRound = decimals >= 0 && size >= WHOLE_MIN || decimals > PLACES_MAX;
        if (isRound || !Double.isFinite(value) || value == 0) {
            return value;
        }
        boolean cuts = mode == RoundingMode.DOWN;
        if (decimals >= -EXACT_POWER_MAX && decimals <= EXACT_POWER_MAX) {
            double power = POWERS[(int) Math.abs(decimals)];
            double scaled = decimals >= 0 ? size * power : size / power;
            double whole = Math.floor(scaled);
            double fraction = scaled - whole;
            double distance = cuts ? Math.min(fraction, 1 - fraction) : Math.abs(fraction - 0.5);
            if (scaled < SCALED_MAX && distance > DOUBT) {
                double nearest = !cuts && fraction > 0.5 ? whole + 1 : whole;
                // both are exact, so that the one division rounds to the decimal number's float64
                return Math.copySign(decimals >= 0 ? nearest / power : nearest * power, value);
            }
        }
        return Math.copySign(printed(size, (int) Math.max(decimals, -PLACES_MAX), mode), value);
    }

    private static double printed(double size, int decimals, RoundingMode mode) {
        BigDecimal printed = BigDecimal.valueOf(size);
        return printed.scale() <= decimals ? size : printed.setScale(decimals, mode).doubleValue();
    }
}
