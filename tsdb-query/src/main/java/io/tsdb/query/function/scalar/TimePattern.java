package io.tsdb.query.function.scalar;

import io.tsdb.query.sql.QueryErrorCode;

import org.jspecify.annotations.Nullable;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A pattern of `to_char` and `to_timestamp`, as in PostgreSQL: `YYYY-MM-DD HH24:MI:SS.MS`. What is
/// no sign is itself, as is text in `"`.
final class TimePattern {
    /// Longer ones are refused.
    private static final int LENGTH_MAX = 1_000;

    /// The longest that a sign writes.
    private static final int SIGN_LENGTH_MAX = 9;

    /// What a sign of the pattern writes.
    enum Sign {
        YYYY,
        IYYY,
        YY,
        MONTH,
        MON,
        MM,
        DDD,
        DD,
        DAY,
        DY,
        ID,
        D,
        HH24,
        HH12,
        HH,
        MI,
        SSSS,
        SS,
        MS,
        US,
        NS,
        IW,
        WW,
        Q,
        AM,
        PM
    }

    /// A sign, or text when it is null.
    record Piece(@Nullable Sign sign, String text) {}

    private final List<Piece> pieces = new ArrayList<>();

    private final String written;

    TimePattern(String pattern, CallSite site) {
        this.written = pattern;
        if (pattern.length() > LENGTH_MAX) {
            throw site.error(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    "a pattern of times has at most " + LENGTH_MAX + " characters");
        }
        int at = 0;
        while (at < pattern.length()) {
            at = add(pattern, at);
        }
    }

    private int add(String pattern, int at) {
        if (pattern.charAt(at) == '"') {
            int end = pattern.indexOf('"', at + 1);
            int to = end < 0 ? pattern.length() : end;
            pieces.add(new Piece(null, pattern.substring(at + 1, to)));
            return to + 1;
        }
        for (Sign sign : Sign.values()) {
            String name = sign.name();
            if (pattern.regionMatches(true, at, name, 0, name.length())) {
                pieces.add(new Piece(sign, pattern.substring(at, at + name.length())));
                return at + name.length();
            }
        }
        pieces.add(new Piece(null, pattern.substring(at, at + 1)));
        return at + 1;
    }

    List<Piece> pieces() {
        return pieces;
    }

    /// In quotes, as it was written.
    @Override
    public String toString() {
        return "'" + written + "'";
    }

    /// Most characters that it writes.
    int lengthMax() {
        int length = 0;
        for (Piece piece : pieces) {
            length += piece.sign() == null ? piece.text().length() : SIGN_LENGTH_MAX;
        }
        return length;
    }

    String format(long nanos) {
        LocalDateTime time =
                LocalDateTime.ofEpochSecond(
                        Math.floorDiv(nanos, 1_000_000_000L),
                        Math.floorMod(nanos, 1_000_000_000),
                        ZoneOffset.UTC);
        var text = new StringBuilder();
        for (Piece piece : pieces) {
            Sign sign = piece.sign();
            if (sign == null) {
                text.append(piece.text());
            } else {
                text.append(text(sign, piece.text(), time));
            }
        }
        return text.toString();
    }

    private static String text(Sign sign, String written, LocalDateTime time) {
        return switch (sign) {
            case YYYY -> digits(time.getYear(), 4);
            case IYYY -> digits(time.get(IsoFields.WEEK_BASED_YEAR), 4);
            case YY -> digits(time.getYear() % 100, 2);
            case MONTH -> cased(titled(time.getMonth().name()), written);
            case MON -> cased(titled(time.getMonth().name()).substring(0, 3), written);
            case MM -> digits(time.getMonthValue(), 2);
            case DDD -> digits(time.getDayOfYear(), 3);
            case DD -> digits(time.getDayOfMonth(), 2);
            case DAY -> cased(titled(time.getDayOfWeek().name()), written);
            case DY -> cased(titled(time.getDayOfWeek().name()).substring(0, 3), written);
            case ID -> digits(time.getDayOfWeek().getValue(), 1);
            case D -> digits(time.getDayOfWeek().getValue() % 7 + 1, 1);
            case HH24 -> digits(time.getHour(), 2);
            case HH12, HH -> digits((time.getHour() + 11) % 12 + 1, 2);
            case MI -> digits(time.getMinute(), 2);
            case SSSS -> digits(time.toLocalTime().toSecondOfDay(), 1);
            case SS -> digits(time.getSecond(), 2);
            case MS -> digits(time.getNano() / 1_000_000, 3);
            case US -> digits(time.getNano() / 1_000, 6);
            case NS -> digits(time.getNano(), 9);
            case IW -> digits(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2);
            case WW -> digits((time.getDayOfYear() + 6) / 7, 2);
            case Q -> digits((time.getMonthValue() + 2) / 3, 1);
            case AM, PM -> cased(time.getHour() < 12 ? "AM" : "PM", written);
        };
    }

    private static String titled(String name) {
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }

    /// In the letter case of the sign: `MON`, `Mon`, `mon`.
    private static String cased(String name, String sign) {
        boolean isUpper = Character.isUpperCase(sign.charAt(0));
        boolean isUpperOn = Character.isUpperCase(sign.charAt(1));
        if (!isUpper) {
            return name.toLowerCase(Locale.ROOT);
        }
        return isUpperOn ? name.toUpperCase(Locale.ROOT) : name;
    }

    private static String digits(int number, int count) {
        String text = Integer.toString(number);
        return "0".repeat(Math.max(0, count - text.length())) + text;
    }
}
