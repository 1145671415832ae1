package io.tsdb.ingest.protocol.line;

import java.math.BigInteger;

/// The double nearest to a decimal number given as mantissa and decimal places, without text or
/// allocation. Pure.
///
/// Small mantissas divide exactly. Larger ones are multiplied by 128 bits of the power of five,
/// which decides the rounding in all but rare cases; those are said to be undecided.
///
/// @see <a href="https://arxiv.org/abs/2101.11408">Lemire, Number Parsing at a Gigabyte per Second,
///   section 5</a>
final class DecimalToDouble {
    /// Powers of ten that are exact as doubles.
    private static final double[] EXACT_POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    private static final int EXACT_POWER_MAX = EXACT_POWERS.length - 1;

    /// Mantissas from here on may need more bits than a double has.
    private static final long EXACT_MANTISSA_BELOW = 1L << 53;

    /// Powers in the table: from `-POWER_MAX` to `POWER_MAX`.
    private static final int POWER_MAX = 64;

    /// High and low 64 bits of the powers of five, with the highest bit set.
    private static final long[] FIVES = fives();

    private static final int STORED_BITS = 52;
    private static final int EXPONENT_BIAS = 1023;

    /// Bits of a product above those of the result: one for its place, two to round.
    private static final int SPARE_BITS = Long.SIZE - STORED_BITS - 3;

    private DecimalToDouble() {}

    /// @param mantissa unsigned
    /// @param decimals places behind the point; negative for trailing zeros in front of it
    /// @return the nearest double, or NaN when this class cannot decide
    static double of(long mantissa, int decimals) {
        if (mantissa >= 0 && mantissa < EXACT_MANTISSA_BELOW) {
            // Both operands are exact, so the one operation rounds once, correctly.
            if (decimals >= 0 && decimals <= EXACT_POWER_MAX) {
                return mantissa / EXACT_POWERS[decimals];
            }
            if (decimals < 0 && decimals >= -EXACT_POWER_MAX) {
                return mantissa * EXACT_POWERS[-decimals];
            }
        }
        if (mantissa == 0) {
            return 0;
        }
        return Math.abs(decimals) > POWER_MAX ? Double.NaN : ofProduct(mantissa, -decimals);
    }

    private static double ofProduct(long mantissa, int power) {
        int shift = Long.numberOfLeadingZeros(mantissa);
        long factor = mantissa << shift;
        int at = 2 * (power + POWER_MAX);
        long high = Math.unsignedMultiplyHigh(factor, FIVES[at]);
        long low = factor * FIVES[at];
        long spare = (1L << SPARE_BITS) - 1;
        if ((high & spare) == spare) {
            // The next 64 bits may carry into those that decide.
            long carried = Math.unsignedMultiplyHigh(factor, FIVES[at + 1]);
            low += carried;
            if (Long.compareUnsigned(low, carried) < 0) {
                high++;
            }
            if (low == -1) {
                return Double.NaN;
            }
        }
        int top = (int) (high >>> 63);
        int drop = top + SPARE_BITS;
        long rounded = high >>> drop;
        // log2(5^power) + power, in 16 bits of fraction
        int exponent = (217_706 * power >> 16) + 63 + top - shift + EXPONENT_BIAS;
        boolean mayBeHalfWay = Long.compareUnsigned(low, 1) <= 0 && (rounded & 3) == 1;
        if (exponent <= 0 || mayBeHalfWay && rounded << drop == high) {
            // Subnormal, or just between two doubles.
            return Double.NaN;
        }
        rounded = rounded + (rounded & 1) >>> 1;
        if (rounded == 1L << STORED_BITS + 1) {
            rounded = 1L << STORED_BITS;
            exponent++;
        }
        long bits = (long) exponent << STORED_BITS | rounded & (1L << STORED_BITS) - 1;
        return Double.longBitsToDouble(bits);
    }

    private static long[] fives() {
        long[] table = new long[2 * (2 * POWER_MAX + 1)];
        for (int power = -POWER_MAX; power <= POWER_MAX; power++) {
            BigInteger bits = power < 0 ? inverse(-power) : BigInteger.valueOf(5).pow(power);
            int excess = bits.bitLength() - 2 * Long.SIZE;
            bits = excess > 0 ? bits.shiftRight(excess) : bits.shiftLeft(-excess);
            table[2 * (power + POWER_MAX)] = bits.shiftRight(Long.SIZE).longValue();
            table[2 * (power + POWER_MAX) + 1] = bits.longValue();
        }
        return table;
    }

    /// Bits of `1 / 5^power`: rounded up to 128 bits where the power fits 64, else with many more.
    private static BigInteger inverse(int power) {
        BigInteger five = BigInteger.valueOf(5).pow(power);
        int length = five.bitLength();
        int bits = 2 * Long.SIZE + (length <= Long.SIZE ? length - 1 : 2 * length);
        return BigInteger.ONE.shiftLeft(bits).divide(five).add(BigInteger.ONE);
    }
}
