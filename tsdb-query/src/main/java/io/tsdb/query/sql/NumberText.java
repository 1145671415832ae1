package io.tsdb.query.sql;

import io.tsdb.storage.model.Uint64;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Numbers as text, as casts read them: an optional sign, ASCII digits, for float64 also a
/// fraction, an exponent, and `NaN`, `inf`, `infinity` in any letter case. Blanks around do not
/// count.
public final class NumberText {
    /// Longest text of a float64, in UTF-16 units.
    private static final int LENGTH_MAX = 1_000;

    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+");

    private static final Pattern REAL =
            Pattern.compile("[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");

    private static final Pattern INFINITE = Pattern.compile("(?i)[+-]?inf(?:inity)?");

    private NumberText() {}

    /// @return empty when the text is no whole number, or passes 64 bits
    public static OptionalLong parseLong(String text) {
        String digits = text.strip();
        if (!WHOLE.matcher(digits).matches()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(digits));
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    /// @return the number as [Uint64] has it; empty when the text is no whole number from 0 to 2^64
    ///   - 1
    public static OptionalLong parseUnsigned(String text) {
        String digits = text.strip();
        return WHOLE.matcher(digits).matches()
                ? Uint64.parse(digits.startsWith("+") ? digits.substring(1) : digits)
                : OptionalLong.empty();
    }

    /// @return empty when the text is no number, or passes the range of float64
    public static OptionalDouble parseDouble(String text) {
        String number = text.strip();
        if (number.length() > LENGTH_MAX) {
            return OptionalDouble.empty();
        }
        if (REAL.matcher(number).matches()) {
            double value = Double.parseDouble(number);
            return Double.isInfinite(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
        }
        if (number.equalsIgnoreCase("nan")) {
            return OptionalDouble.of(Double.NaN);
        }
        if (INFINITE.matcher(number).matches()) {
            return OptionalDouble.of(
                    number.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        }
        return OptionalDouble.empty();
    }
}
