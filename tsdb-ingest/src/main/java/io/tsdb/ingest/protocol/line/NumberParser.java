package io.tsdb.ingest.protocol.line;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.Uint64;

import java.nio.charset.StandardCharsets;

/// Reads integers and decimal numbers from bytes. Pure; results lie in fields until the next call.
/// One thread.
final class NumberParser {
    /// What a text turned out to be.
    enum Outcome {
        OK,
        NOT_A_NUMBER,
        OUT_OF_RANGE
    }

    /// Longest run of digits that cannot overflow a long.
    private static final int DIGITS_SAFE = 18;

    private static final long UNSIGNED_TENTH = Long.divideUnsigned(-1L, 10);

    private long longValue;
    private double doubleValue;
    private int decimals;

    /// The integer that [#parseLong] read, or what [#parseUnsigned] did, as [Uint64] has it.
    long longValue() {
        return longValue;
    }

    /// The number that [#parseDouble] read.
    double doubleValue() {
        return doubleValue;
    }

    /// Decimal places of [#doubleValue], for [FieldColumn#putDouble].
    int decimals() {
        return decimals;
    }

    /// Reads `-? digits`.
    Outcome parseLong(byte[] source, int from, int to) {
        boolean negative = from < to && source[from] == '-';
        int at = negative ? from + 1 : from;
        if (at == to) {
            return Outcome.NOT_A_NUMBER;
        }
        // Negative all the way, since the negative range is the larger one.
        long value = 0;
        boolean overflow = false;
        for (; at < to; at++) {
            int digit = source[at] - '0';
            if (digit < 0 || digit > 9) {
                return Outcome.NOT_A_NUMBER;
            }
            overflow |= value < Long.MIN_VALUE / 10 || value * 10 < Long.MIN_VALUE + digit;
            value = value * 10 - digit;
        }
        if (overflow || !negative && value == Long.MIN_VALUE) {
            return Outcome.OUT_OF_RANGE;
        }
        longValue = negative ? value : -value;
        return Outcome.OK;
    }

    /// Reads digits of a number without a sign.
    Outcome parseUnsigned(byte[] source, int from, int to) {
        if (from == to) {
            return Outcome.NOT_A_NUMBER;
        }
        long value = 0;
        boolean overflow = false;
        for (int at = from; at < to; at++) {
            int digit = source[at] - '0';
            if (digit < 0 || digit > 9) {
                return Outcome.NOT_A_NUMBER;
            }
            // the largest that takes another digit is a tenth of 2^64 - 1
            long next = value * 10 + digit;
            overflow |=
                    Long.compareUnsigned(value, UNSIGNED_TENTH) > 0
                            || Long.compareUnsigned(next, value * 10) < 0;
            value = next;
        }
        if (overflow) {
            return Outcome.OUT_OF_RANGE;
        }
        longValue = Uint64.fold(value);
        return Outcome.OK;
    }

    /// Reads `-? (digits [. digits?] | . digits) ([eE] [+-]? digits)?`.
    Outcome parseDouble(byte[] source, int from, int to) {
        boolean negative = from < to && source[from] == '-';
        int start = negative ? from + 1 : from;
        int at = digitsEnd(source, start, to);
        int digits = at - start;
        int point = at;
        int fraction = 0;
        if (at < to && source[at] == '.') {
            at = digitsEnd(source, point + 1, to);
            fraction = at - point - 1;
        }
        if (digits + fraction == 0) {
            return Outcome.NOT_A_NUMBER;
        }
        int mantissaEnd = at;
        int exponent = 0;
        if (at < to && (source[at] == 'e' || source[at] == 'E')) {
            at++;
            boolean down = at < to && source[at] == '-';
            if (down || at < to && source[at] == '+') {
                at++;
            }
            int exponentStart = at;
            at = digitsEnd(source, at, to);
            if (at == exponentStart) {
                return Outcome.NOT_A_NUMBER;
            }
            exponent = smallInt(source, exponentStart, at) * (down ? -1 : 1);
        }
        if (at != to) {
            return Outcome.NOT_A_NUMBER;
        }
        return read(source, from, start, mantissaEnd, fraction - exponent, to);
    }

    private Outcome read(byte[] source, int from, int start, int end, int scale, int to) {
        boolean negative = start > from;
        long mantissa = mantissa(source, start, end);
        int places = scale;
        while (places > 0 && mantissa > 0 && mantissa % 10 == 0) {
            mantissa /= 10;
            places--;
        }
        if (mantissa == 0) {
            places = 0;
        }
        double value = mantissa < 0 ? Double.NaN : DecimalToDouble.of(mantissa, places);
        if (Double.isNaN(value)) {
            String text = new String(source, from, to - from, StandardCharsets.ISO_8859_1);
            value = Math.abs(Double.parseDouble(text));
        }
        if (Double.isInfinite(value)) {
            return Outcome.OUT_OF_RANGE;
        }
        doubleValue = negative ? -value : value;
        decimals = decimalsHint(mantissa, places);
        return Outcome.OK;
    }

    private static int decimalsHint(long mantissa, int places) {
        if (mantissa < 0 || places > FieldColumn.DECIMALS_MAX) {
            return FieldColumn.DECIMALS_UNKNOWN;
        }
        return Math.max(places, 0);
    }

    /// Digits without their point, or -1 when they do not fit.
    private static long mantissa(byte[] source, int from, int to) {
        long mantissa = 0;
        int significant = 0;
        for (int at = from; at < to; at++) {
            if (source[at] != '.') {
                mantissa = mantissa * 10 + (source[at] - '0');
                significant += mantissa == 0 ? 0 : 1;
                if (significant > DIGITS_SAFE) {
                    return -1;
                }
            }
        }
        return mantissa;
    }

    private static int digitsEnd(byte[] source, int from, int to) {
        int at = from;
        while (at < to && source[at] >= '0' && source[at] <= '9') {
            at++;
        }
        return at;
    }

    /// An exponent; a huge one stays huge.
    private static int smallInt(byte[] source, int from, int to) {
        int value = 0;
        for (int at = from; at < to; at++) {
            value = Math.min(value * 10 + (source[at] - '0'), 1_000_000);
        }
        return value;
    }
}
