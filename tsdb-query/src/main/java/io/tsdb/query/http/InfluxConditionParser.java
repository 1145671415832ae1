package io.tsdb.query.http;

import io.tsdb.query.http.InfluxTokens.Kind;
import io.tsdb.query.http.InfluxTokens.Token;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.TimestampText;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// The conditions of InfluxDB's deletes: `WHERE` of InfluxQL, and the predicates of `POST
/// /api/v2/delete`, which know `=` and `AND` alone. One text; nesting is bounded.
final class InfluxConditionParser {
    private static final int DEPTH_MAX = 64;

    /// Nanoseconds of the units that InfluxQL has for durations and times.
    private static final Map<String, Long> UNITS =
            Map.ofEntries(
                    Map.entry("", 1L),
                    Map.entry("ns", 1L),
                    Map.entry("u", 1_000L),
                    Map.entry("µ", 1_000L),
                    Map.entry("us", 1_000L),
                    Map.entry("ms", 1_000_000L),
                    Map.entry("s", 1_000_000_000L),
                    Map.entry("m", 60_000_000_000L),
                    Map.entry("h", 3_600_000_000_000L),
                    Map.entry("d", 86_400_000_000_000L),
                    Map.entry("w", 604_800_000_000_000L));

    private final List<Token> tokens;
    private final int end;
    private final int length;
    private final boolean predicate;
    private final long nowNanos;
    private int at;
    private int depth;

    private InfluxConditionParser(
            List<Token> tokens, int from, int end, int length, boolean predicate, long nowNanos) {
        this.tokens = tokens;
        this.at = from;
        this.end = end;
        this.length = length;
        this.predicate = predicate;
        this.nowNanos = nowNanos;
    }

    /// A condition of InfluxQL.
    ///
    /// @param from first token of it
    /// @param end token behind it
    /// @throws QueryException with the place in the text, when it is none
    static InfluxCondition influxQl(List<Token> tokens, int from, int end, long nowNanos) {
        int length = end == 0 ? 0 : tokens.get(end - 1).to();
        return new InfluxConditionParser(tokens, from, end, length, false, nowNanos).whole();
    }

    /// A predicate of InfluxDB 2; the empty one is true for every row.
    static InfluxCondition predicate(String text) {
        List<Token> tokens = InfluxTokens.of(text);
        return tokens.isEmpty()
                ? new InfluxCondition.All()
                : new InfluxConditionParser(tokens, 0, tokens.size(), text.length(), true, 0)
                        .whole();
    }

    private InfluxCondition whole() {
        InfluxCondition read = disjunction();
        if (at < end) {
            throw wrong("bad logical expression");
        }
        return read;
    }

    private InfluxCondition disjunction() {
        var parts = new ArrayList<InfluxCondition>();
        parts.add(conjunction());
        while (at < end && tokens.get(at).is("OR")) {
            if (predicate) {
                throw wrong("the logical operator OR is not supported yet");
            }
            at++;
            parts.add(conjunction());
        }
        return parts.size() == 1 ? parts.getFirst() : new InfluxCondition.Or(parts);
    }

    private InfluxCondition conjunction() {
        var parts = new ArrayList<InfluxCondition>();
        parts.add(primary());
        while (at < end && tokens.get(at).is("AND")) {
            at++;
            parts.add(primary());
        }
        return parts.size() == 1 ? parts.getFirst() : new InfluxCondition.And(parts);
    }

    private InfluxCondition primary() {
        if (at < end && tokens.get(at).isSymbol("(")) {
            if (++depth > DEPTH_MAX) {
                throw wrong("more than " + DEPTH_MAX + " parentheses in one another");
            }
            at++;
            InfluxCondition inner = disjunction();
            if (at >= end || !tokens.get(at).isSymbol(")")) {
                throw wrong("')' is missing");
            }
            at++;
            depth--;
            return inner;
        }
        return comparison();
    }

    private InfluxCondition comparison() {
        if (at >= end || !isKey(tokens.get(at))) {
            throw wrong("bad tag key");
        }
        Token key = tokens.get(at++);
        if (at >= end || tokens.get(at).kind() != Kind.SYMBOL) {
            throw wrong("an operator is missing behind " + key.text());
        }
        Token operator = tokens.get(at);
        if (predicate && !operator.text().equals("=")) {
            throw wrong("operator '" + operator.text() + "' is not supported yet");
        }
        at++;
        return !predicate && isTime(key) ? time(operator) : tag(key.text(), operator);
    }

    private static boolean isKey(Token token) {
        return token.kind() == Kind.QUOTED
                || token.kind() == Kind.WORD && !token.is("AND") && !token.is("OR");
    }

    private static boolean isTime(Token key) {
        return key.text().equals("time") || key.is("TIME");
    }

    private InfluxCondition tag(String key, Token operator) {
        if (at >= end) {
            throw wrong("bad tag value: there is none");
        }
        Token value = tokens.get(at);
        boolean isRegex = operator.isSymbol("=~") || operator.isSymbol("!~");
        boolean fits =
                switch (value.kind()) {
                    case STRING -> !isRegex;
                    case REGEX -> isRegex;
                    case WORD, QUOTED, NUMBER -> predicate;
                    case SYMBOL, UNCLOSED -> false;
                };
        if (!fits) {
            throw wrong("bad tag value: " + value.text());
        }
        at++;
        return switch (operator.text()) {
            case "=" -> new InfluxCondition.Tag(key, false, value.text());
            case "!=", "<>" -> new InfluxCondition.Tag(key, true, value.text());
            case "=~" -> new InfluxCondition.TagMatches(key, false, value.text());
            case "!~" -> new InfluxCondition.TagMatches(key, true, value.text());
            default -> {
                at -= 2;
                throw wrong("operator '" + operator.text() + "' is none for a tag");
            }
        };
    }

    private InfluxCondition time(Token operator) {
        ComparisonOperator compared =
                switch (operator.text()) {
                    case "=" -> ComparisonOperator.EQUAL;
                    case "!=", "<>" -> ComparisonOperator.NOT_EQUAL;
                    case "<" -> ComparisonOperator.LESS;
                    case "<=" -> ComparisonOperator.LESS_OR_EQUAL;
                    case ">" -> ComparisonOperator.GREATER;
                    case ">=" -> ComparisonOperator.GREATER_OR_EQUAL;
                    default -> {
                        at--;
                        throw wrong("operator '" + operator.text() + "' is none for a time");
                    }
                };
        try {
            long nanos = instant();
            while (at < end && (tokens.get(at).isSymbol("+") || tokens.get(at).isSymbol("-"))) {
                boolean minus = tokens.get(at++).isSymbol("-");
                long step = number();
                nanos = minus ? Math.subtractExact(nanos, step) : Math.addExact(nanos, step);
            }
            return new InfluxCondition.Time(compared, nanos);
        } catch (ArithmeticException _) {
            throw wrong("a time that 64 bits of nanoseconds do not hold");
        }
    }

    private long instant() {
        if (at >= end) {
            throw wrong("a time is missing");
        }
        Token token = tokens.get(at);
        if (token.kind() == Kind.STRING) {
            OptionalLong time = TimestampText.parse(token.text());
            if (time.isEmpty()) {
                throw wrong("'" + token.text() + "' is no time");
            }
            at++;
            return time.getAsLong();
        }
        if (token.is("NOW")
                && at + 2 < end
                && tokens.get(at + 1).isSymbol("(")
                && tokens.get(at + 2).isSymbol(")")) {
            at += 3;
            return nowNanos;
        }
        if (token.isSymbol("-")) {
            at++;
            return Math.negateExact(number());
        }
        return number();
    }

    private long number() {
        if (at >= end || tokens.get(at).kind() != Kind.NUMBER) {
            throw wrong("a time is missing");
        }
        String text = tokens.get(at).text();
        int digits = 0;
        while (digits < text.length() && (isDigit(text.charAt(digits)))) {
            digits++;
        }
        Long unit = UNITS.get(text.substring(digits));
        if (unit == null) {
            throw wrong("'" + text + "' is no time");
        }
        try {
            long nanos =
                    new BigDecimal(text.substring(0, digits))
                            .multiply(BigDecimal.valueOf(unit))
                            .longValueExact();
            at++;
            return nanos;
        } catch (NumberFormatException _) {
            throw wrong("'" + text + "' is no time");
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9' || c == '.';
    }

    private QueryException wrong(String text) {
        int place = at < end ? tokens.get(at).from() : length;
        return new QueryException(
                QueryErrorCode.SYNTAX_ERROR, Position.NONE, text + ", at position " + place);
    }
}
