package io.tsdb.query.analysis;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.ArrayDeque;

/// Patterns of `LIKE` and `~`: what cannot be read, and what would take more time or memory than a
/// pattern may, is refused before the query runs.
///
/// RE2 matches in time proportional to text times program, so the program is kept small: it copies
/// what is repeated, and repetitions inside one another multiply.
final class PatternCheck {
    /// Longest pattern, in UTF-16 units.
    static final int LENGTH_MAX = 1_000;

    /// Most copies that repetitions inside one another may make: RE2's own limit for one.
    static final int REPETITIONS_MAX = 1_000;

    /// Most instructions of a compiled pattern: each may be looked at for every character of a
    /// text.
    static final int PROGRAM_SIZE_MAX = 5_000;

    /// Deepest nesting of groups: the compiler of patterns is recursive.
    static final int GROUPS_DEEP_MAX = 100;

    private PatternCheck() {}

    static void like(String pattern, Position position) {
        checkLength(pattern, "LIKE", position);
    }

    /// The pattern of a `LIKE` with `\` as its escape, whatever it was written with.
    ///
    /// @param escape the code point before a sign that stands for itself; empty for none
    static String withBackslash(String pattern, String escape, Position position) {
        if (escape.codePointCount(0, escape.length()) > 1) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    position,
                    "ESCAPE takes one character, or '' for none, not '" + escape + "'");
        }
        var text = new StringBuilder();
        int[] signs = pattern.codePoints().toArray();
        for (int i = 0; i < signs.length; i++) {
            boolean isEscape = !escape.isEmpty() && signs[i] == escape.codePointAt(0);
            if (isEscape && i + 1 == signs.length) {
                throw new QueryException(
                        QueryErrorCode.INVALID_VALUE,
                        position,
                        "the pattern '"
                                + pattern
                                + "' ends with its escape '"
                                + escape
                                + "'; write it twice where it stands for itself");
            }
            int sign = isEscape ? signs[++i] : signs[i];
            boolean isItself = isEscape && (sign == '%' || sign == '_') || sign == '\\';
            text.append(isItself ? "\\" : "").appendCodePoint(sign);
        }
        return text.toString();
    }

    static void regex(String pattern, Position position) {
        checkLength(pattern, "~", position);
        checkRepetitions(pattern, position);
        try {
            int size = Pattern.compile(pattern).programSize();
            if (size > PROGRAM_SIZE_MAX) {
                throw tooLarge(
                        position,
                        "the pattern '"
                                + pattern
                                + "' takes "
                                + size
                                + " steps; at most "
                                + PROGRAM_SIZE_MAX
                                + " are taken");
            }
        } catch (PatternSyntaxException e) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    position,
                    "'"
                            + pattern
                            + "' is no regular expression (RE2 syntax): "
                            + e.getDescription());
        }
    }

    private static void checkLength(String pattern, String operator, Position position) {
        if (pattern.length() > LENGTH_MAX) {
            throw tooLarge(
                    position,
                    "a pattern of "
                            + operator
                            + " has at most "
                            + LENGTH_MAX
                            + " characters, this one has "
                            + pattern.length());
        }
    }

    /// Follows groups and repetitions only; what is no regular expression is left to the compiler.
    private static void checkRepetitions(String pattern, Position position) {
        // by open group, the most copies that repetitions within it make
        var outer = new ArrayDeque<Long>();
        long inGroup = 1;
        long inAtom = 1;
        for (int at = 0; at < pattern.length(); at++) {
            switch (pattern.charAt(at)) {
                case '\\' -> {
                    at = pattern.startsWith("Q", at + 1) ? endOfQuote(pattern, at) : at + 1;
                    inAtom = 1;
                }
                case '[' -> {
                    at = endOfClass(pattern, at);
                    inAtom = 1;
                }
                case '(' -> {
                    outer.push(inGroup);
                    inGroup = 1;
                    inAtom = 1;
                }
                case ')' -> {
                    inAtom = inGroup;
                    inGroup = Math.max(inGroup, outer.isEmpty() ? 1 : outer.pop());
                }
                case '{' -> {
                    long copies = repetitions(pattern, at);
                    inAtom = copies == 0 ? 1 : inAtom * copies;
                    inGroup = Math.max(inGroup, inAtom);
                    at = copies == 0 ? at : pattern.indexOf('}', at);
                }
                case '*', '+', '?' -> {}
                default -> inAtom = 1;
            }
            if (inGroup > REPETITIONS_MAX) {
                throw tooLarge(
                        position,
                        "the repetitions of the pattern '"
                                + pattern
                                + "' make "
                                + inGroup
                                + " copies; at most "
                                + REPETITIONS_MAX
                                + " are made");
            }
            if (outer.size() > GROUPS_DEEP_MAX) {
                throw tooLarge(
                        position,
                        "the groups of a pattern nest at most " + GROUPS_DEEP_MAX + " deep");
            }
        }
    }

    private static int endOfQuote(String pattern, int at) {
        int end = pattern.indexOf("\\E", at);
        return end < 0 ? pattern.length() : end + 1;
    }

    private static int endOfClass(String pattern, int at) {
        // a bracket that comes first stands for itself
        int first = at + (pattern.startsWith("^", at + 1) ? 2 : 1);
        for (int i = first; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == ']' && i > first) {
                return i;
            }
        }
        return pattern.length();
    }

    /// The larger number of `{n}`, `{n,}` or `{n,m}`; 0 when the brace is none of these.
    private static long repetitions(String pattern, int at) {
        long largest = 0;
        long number = 0;
        for (int i = at + 1; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c >= '0' && c <= '9') {
                number = Math.min(number * 10 + c - '0', REPETITIONS_MAX + 1L);
                largest = Math.max(largest, number);
            } else if (c == ',') {
                number = 0;
            } else {
                return c == '}' ? largest : 0;
            }
        }
        return 0;
    }

    private static QueryException tooLarge(Position position, String text) {
        return new QueryException(QueryErrorCode.LIMIT_EXCEEDED, position, text);
    }
}
