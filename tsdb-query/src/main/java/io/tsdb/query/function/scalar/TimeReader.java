package io.tsdb.query.function.scalar;

import io.tsdb.query.function.scalar.TimePattern.Piece;
import io.tsdb.query.function.scalar.TimePattern.Sign;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.Month;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// Reads times by a pattern, as `to_timestamp` of PostgreSQL does: a sign takes as many digits as
/// it writes at most, blanks before it are passed over, and what is neither letter nor digit in the
/// pattern is any such sign in the text, or none. Nothing may be left of the text. One thread.
final class TimeReader {
    private static final long SECOND = 1_000_000_000L;

    /// Signs that no time is read by.
    private static final Set<Sign> WRITTEN_ONLY =
            EnumSet.of(Sign.IYYY, Sign.ID, Sign.D, Sign.IW, Sign.WW, Sign.Q);

    private final TimePattern pattern;
    private final CallSite site;
    private final Map<Sign, Long> found = new EnumMap<>(Sign.class);
    private String text = "";
    private int at;

    TimeReader(TimePattern pattern, CallSite site) {
        this.pattern = pattern;
        this.site = site;
        var known = EnumSet.noneOf(Sign.class);
        for (Piece piece : pattern.pieces()) {
            Sign sign = piece.sign();
            if (sign != null) {
                check(piece, sign, known);
            }
        }
        if (!known.contains(Sign.YYYY) && !known.contains(Sign.YY)) {
            throw site.error(
                    QueryErrorCode.INVALID_VALUE,
                    "the pattern "
                            + pattern
                            + " has no year; expected one such as"
                            + " 'YYYY-MM-DD HH24:MI:SS'");
        }
    }

    private void check(Piece piece, Sign sign, EnumSet<Sign> known) {
        if (WRITTEN_ONLY.contains(sign)) {
            throw site.error(
                    QueryErrorCode.INVALID_VALUE,
                    "no time is read by '"
                            + piece.text()
                            + "' of the pattern "
                            + pattern
                            + "; it is written by to_char alone");
        }
        if (!known.add(sign)) {
            throw site.error(
                    QueryErrorCode.INVALID_VALUE,
                    "the pattern "
                            + pattern
                            + " has '"
                            + piece.text()
                            + "' twice"
                            + (sign == Sign.MM ? "; minutes are MI, hours HH24" : ""));
        }
    }

    /// @return nanoseconds since the epoch, of what the text says as if it were UTC
    long read(String read) {
        text = read;
        at = 0;
        found.clear();
        for (Piece piece : pattern.pieces()) {
            Sign sign = piece.sign();
            if (sign == null) {
                passLiteral(piece);
            } else {
                skipBlanks();
                found.put(sign, value(sign));
            }
        }
        skipBlanks();
        if (at < text.length()) {
            throw wrong();
        }
        return nanos();
    }

    private void passLiteral(Piece piece) {
        for (int i = 0; i < piece.text().length(); i++) {
            char literal = piece.text().charAt(i);
            boolean hasMore = at < text.length();
            if (Character.isLetterOrDigit(literal)) {
                if (!hasMore
                        || Character.toLowerCase(text.charAt(at))
                                != Character.toLowerCase(literal)) {
                    throw wrong();
                }
                at++;
            } else if (hasMore && !Character.isLetterOrDigit(text.charAt(at))) {
                at++;
            }
        }
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private long value(Sign sign) {
        return switch (sign) {
            case YYYY -> digits(4);
            case YY -> {
                long year = digits(2);
                yield year < 70 ? 2_000 + year : 1_900 + year;
            }
            case MONTH -> month(false);
            case MON -> month(true);
            case MM, DD, HH24, HH12, HH, MI, SS -> digits(2);
            case DDD -> digits(3);
            case SSSS -> digits(5);
            case MS -> fraction(3);
            case US -> fraction(6);
            case NS -> fraction(9);
            case DAY, DY -> letters();
            case AM, PM -> half();
            case IYYY, ID, D, IW, WW, Q -> throw new IllegalStateException("BUG: " + sign);
        };
    }

    private long digits(int most) {
        int from = at;
        long number = 0;
        while (at < text.length() && at - from < most && isDigit(text.charAt(at))) {
            number = number * 10 + (text.charAt(at++) - '0');
        }
        if (at == from) {
            throw wrong();
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /// Nanoseconds of the digits behind the point.
    private long fraction(int most) {
        int from = at;
        long number = digits(most);
        for (int i = at - from; i < 9; i++) {
            number *= 10;
        }
        return number;
    }

    private long month(boolean isShort) {
        for (Month month : Month.values()) {
            String sought = isShort ? month.name().substring(0, 3) : month.name();
            if (text.regionMatches(true, at, sought, 0, sought.length())) {
                at += sought.length();
                return month.getValue();
            }
        }
        throw wrong();
    }

    private long letters() {
        int from = at;
        while (at < text.length() && Character.isLetter(text.charAt(at))) {
            at++;
        }
        if (at == from) {
            throw wrong();
        }
        return 0;
    }

    /// 1 in the afternoon.
    private long half() {
        for (String half : new String[] {"AM", "PM"}) {
            if (text.regionMatches(true, at, half, 0, 2)) {
                at += 2;
                return half.equals("PM") ? 1 : 0;
            }
        }
        throw wrong();
    }

    private long number(Sign sign, long absent) {
        return found.getOrDefault(sign, absent);
    }

    private long nanos() {
        try {
            int year = (int) number(Sign.YYYY, number(Sign.YY, 0));
            LocalDate date =
                    found.containsKey(Sign.DDD)
                            ? LocalDate.ofYearDay(year, (int) number(Sign.DDD, 1))
                            : LocalDate.of(year, (int) month(), (int) number(Sign.DD, 1));
            long seconds = date.toEpochDay() * 86_400 + secondOfDay();
            long fraction = number(Sign.MS, 0) + number(Sign.US, 0) + number(Sign.NS, 0);
            return Math.addExact(Math.multiplyExact(seconds, SECOND), fraction);
        } catch (DateTimeException _) {
            throw wrong();
        } catch (ArithmeticException _) {
            throw site.error(
                    QueryErrorCode.OUT_OF_RANGE,
                    "'" + text + "' passes the range of 1677-09-21 to 2262-04-11");
        }
    }

    private long month() {
        return number(Sign.MM, number(Sign.MON, number(Sign.MONTH, 1)));
    }

    private long secondOfDay() {
        long hour = number(Sign.HH24, number(Sign.HH12, number(Sign.HH, 0)));
        if (found.containsKey(Sign.AM) || found.containsKey(Sign.PM)) {
            if (hour < 1 || hour > 12) {
                throw wrong();
            }
            hour = hour % 12 + 12 * Math.max(number(Sign.AM, 0), number(Sign.PM, 0));
        }
        long minute = number(Sign.MI, 0);
        long second = number(Sign.SS, 0);
        long ofDay = number(Sign.SSSS, hour * 3_600 + minute * 60 + second);
        if (hour > 23 || minute > 59 || second > 59 || ofDay >= 86_400) {
            throw wrong();
        }
        return ofDay;
    }

    private QueryException wrong() {
        return site.error(
                QueryErrorCode.INVALID_VALUE,
                "'" + text + "' is no time of the pattern " + pattern);
    }
}
