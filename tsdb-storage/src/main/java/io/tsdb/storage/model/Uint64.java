package io.tsdb.storage.model;

import java.math.BigInteger;
import java.util.OptionalLong;

/// Unsigned 64-bit integers in a `long`, folded: the number less 2^63, which is its bits with the
/// highest one turned over. Folded numbers stand in the order of the numbers under every comparison
/// of signed longs, and differences are differences, so that whatever sorts, encodes or bounds
/// int64 does the same for uint64. Pure.
public final class Uint64 {
    /// The folded zero.
    public static final long ZERO = Long.MIN_VALUE;

    /// The folded 2^64 - 1.
    public static final long MAX = Long.MAX_VALUE;

    private static final double LIMIT = 0x1p64;

    private Uint64() {}

    /// The plain bits of a folded number, or the folded number of plain bits.
    public static long fold(long bits) {
        return bits ^ Long.MIN_VALUE;
    }

    /// The nearest double of a folded number; ties go to the even one.
    public static double toDouble(long folded) {
        long bits = fold(folded);
        // the lowest bit is kept as a sticky one, so that halving does not round
        return bits >= 0 ? bits : (bits >>> 1 | bits & 1) * 2.0;
    }

    /// A whole double as a folded number.
    ///
    /// @return empty for what is below zero, above 2^64 - 1 or NaN
    public static OptionalLong ofDouble(double whole) {
        if (!(whole >= 0 && whole < LIMIT)) {
            return OptionalLong.empty();
        }
        long bits = whole < 0x1p63 ? (long) whole : (long) (whole - 0x1p63) ^ Long.MIN_VALUE;
        return OptionalLong.of(fold(bits));
    }

    /// A folded number in decimal.
    public static String toText(long folded) {
        return Long.toUnsignedString(fold(folded));
    }

    /// Decimal digits as a folded number.
    ///
    /// @return empty for what is no such number, or too large
    public static OptionalLong parse(String digits) {
        if (digits.startsWith("+") || digits.startsWith("-")) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(fold(Long.parseUnsignedLong(digits)));
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    /// A number as a folded one.
    ///
    /// @return empty for what 64 bits without a sign do not hold
    public static OptionalLong of(BigInteger number) {
        return number.signum() < 0 || number.bitLength() > Long.SIZE
                ? OptionalLong.empty()
                : OptionalLong.of(fold(number.longValue()));
    }
}
