package io.tsdb.cluster.node.transfer;

import io.tsdb.storage.model.Uint64;

import java.util.Locale;
import java.util.Set;

/// What a cell looks like. Pure.
final class CsvCell {
    private static final Set<String> ABSENT =
            Set.of("null", "nan", "na", "n/a", "#n/a", "none", "-", "--", "\\n");

    private static final int INT64_DIGITS = 19;

    private CsvCell() {}

    enum Kind {
        /// An int64.
        WHOLE,
        /// Beyond int64, and a uint64.
        UNSIGNED,
        /// Digits beyond both.
        LARGE,
        /// A finite number with a point or an exponent.
        DECIMAL,
        /// A number that has a comma for its point: `21,5`.
        DECIMAL_COMMA,
        /// `1,234`: a decimal comma, or one between thousands.
        AMBIGUOUS_COMMA,
        /// `1,234.5`, `1.234,5`: marks between thousands.
        THOUSANDS,
        /// true or false, in any case.
        BOOL,
        /// A word for "no value".
        ABSENT,
        TEXT
    }

    static Kind kind(String text) {
        if (text.isEmpty()) {
            return Kind.ABSENT;
        }
        char first = text.charAt(0);
        if (first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.') {
            return isAbsentWord(text) ? Kind.ABSENT : number(text);
        }
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Kind.BOOL;
        }
        return isAbsentWord(text) ? Kind.ABSENT : Kind.TEXT;
    }

    /// Whether a cell of a column of numbers or bools says that there is no value.
    static boolean isAbsentWord(String text) {
        return text.length() <= 4 && ABSENT.contains(text.toLowerCase(Locale.ROOT));
    }

    private static Kind number(String text) {
        int from = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
        int digits = digitsEnd(text, from) - from;
        int at = from + digits;
        if (at == text.length()) {
            if (digits == 0 || digits > 1 && text.charAt(from) == '0') {
                // 007 is a name: as a number it would lose its zeros
                return Kind.TEXT;
            }
            if (fitsInt64(text, digits)) {
                return Kind.WHOLE;
            }
            return Uint64.parse(text).isPresent() ? Kind.UNSIGNED : Kind.LARGE;
        }
        if (isDecimal(text, from)) {
            return Double.isFinite(Double.parseDouble(text)) ? Kind.DECIMAL : Kind.TEXT;
        }
        return withComma(text.substring(from));
    }

    private static Kind withComma(String digits) {
        if (digits.matches("[1-9][0-9]{0,2},[0-9]{3}")) {
            return Kind.AMBIGUOUS_COMMA;
        }
        if (digits.matches("[0-9]+,[0-9]+([eE][+-]?[0-9]+)?")) {
            return Kind.DECIMAL_COMMA;
        }
        boolean grouped =
                digits.matches("[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?")
                        || digits.matches("[0-9]{1,3}([.' ][0-9]{3})+(,[0-9]*)?");
        return grouped ? Kind.THOUSANDS : Kind.TEXT;
    }

    /// Whether a text is `digits [. digits?] | . digits`, with an exponent or without.
    private static boolean isDecimal(String text, int from) {
        int at = digitsEnd(text, from);
        int digits = at - from;
        if (at < text.length() && text.charAt(at) == '.') {
            int end = digitsEnd(text, at + 1);
            digits += end - at - 1;
            at = end;
        }
        if (digits == 0) {
            return false;
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                at++;
            }
            int end = digitsEnd(text, at);
            if (end == at) {
                return false;
            }
            at = end;
        }
        return at == text.length();
    }

    private static boolean fitsInt64(String text, int digits) {
        if (digits < INT64_DIGITS) {
            return true;
        }
        try {
            Long.parseLong(text);
            return true;
        } catch (NumberFormatException _) {
            return false;
        }
    }

    private static int digitsEnd(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }
}
