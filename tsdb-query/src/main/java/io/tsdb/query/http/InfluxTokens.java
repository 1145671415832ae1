package io.tsdb.query.http;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A text of InfluxQL, or a predicate of InfluxDB 2, cut into tokens. One pass, no recursion.
final class InfluxTokens {
    enum Kind {
        /// A keyword or a bare name.
        WORD,
        /// A name between `"`.
        QUOTED,
        /// A text between `'`.
        STRING,
        /// A number, maybe with a unit.
        NUMBER,
        /// Between `/`, behind an operator that takes one.
        REGEX,
        SYMBOL,
        /// Quotes without an end.
        UNCLOSED
    }

    /// @param text without its quotes
    /// @param from place of its first character in the whole
    /// @param to behind its last character
    record Token(Kind kind, String text, int from, int to) {
        boolean is(String keyword) {
            return kind == Kind.WORD && text.toUpperCase(Locale.ROOT).equals(keyword);
        }

        boolean isSymbol(String symbol) {
            return kind == Kind.SYMBOL && text.equals(symbol);
        }
    }

    private static final List<String> LONG_SYMBOLS = List.of("=~", "!~", "!=", "<>", "<=", ">=");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private InfluxTokens(String source) {
        this.source = source;
    }

    static List<Token> of(String source) {
        var reader = new InfluxTokens(source);
        while (reader.at < source.length()) {
            reader.read();
        }
        return reader.tokens;
    }

    private void read() {
        char c = source.charAt(at);
        if (Character.isWhitespace(c)) {
            at++;
        } else if (c == '"') {
            closed(c, Kind.QUOTED);
        } else if (c == '\'') {
            closed(c, Kind.STRING);
        } else if (c == '/' && takesRegex()) {
            closed(c, Kind.REGEX);
        } else if (c >= '0' && c <= '9') {
            run(Kind.NUMBER);
        } else if (isNameStart(c)) {
            run(Kind.WORD);
        } else {
            symbol();
        }
    }

    private boolean takesRegex() {
        Token before = tokens.isEmpty() ? null : tokens.getLast();
        return before != null
                && (before.isSymbol("=~") || before.isSymbol("!~") || before.is("FROM"));
    }

    private static boolean isNameStart(char c) {
        return c == '_' || Character.isLetter(c);
    }

    private void run(Kind kind) {
        int from = at;
        while (at < source.length() && isInside(source.charAt(at), kind)) {
            at++;
        }
        tokens.add(new Token(kind, source.substring(from, at), from, at));
    }

    private static boolean isInside(char c, Kind kind) {
        return isNameStart(c) || Character.isDigit(c) || c == '.' || c == '-' && kind == Kind.WORD;
    }

    private void symbol() {
        int from = at;
        String symbol = source.substring(at, Math.min(at + 2, source.length()));
        at += LONG_SYMBOLS.contains(symbol) ? 2 : 1;
        tokens.add(new Token(Kind.SYMBOL, source.substring(from, at), from, at));
    }

    /// A backslash takes the next character as it is; of a regular expression only `/`.
    private void closed(char quote, Kind kind) {
        int from = at++;
        var text = new StringBuilder();
        while (at < source.length() && source.charAt(at) != quote) {
            char c = source.charAt(at++);
            if (c == '\\' && at < source.length()) {
                char next = source.charAt(at++);
                text.append(unescaped(kind, quote, next));
            } else {
                text.append(c);
            }
        }
        boolean complete = at < source.length();
        at += complete ? 1 : 0;
        tokens.add(new Token(complete ? kind : Kind.UNCLOSED, text.toString(), from, at));
    }

    private static String unescaped(Kind kind, char quote, char next) {
        if (kind == Kind.REGEX) {
            return next == quote ? "/" : "\\" + next;
        }
        return next == 'n' ? "\n" : String.valueOf(next);
    }

    /// The name that begins at a token, which without quotes may consist of several that touch.
    ///
    /// @return null when there is none
    static @Nullable Name name(List<Token> tokens, int first) {
        if (first >= tokens.size()) {
            return null;
        }
        Token start = tokens.get(first);
        if (start.kind() == Kind.QUOTED) {
            return start.text().isEmpty() ? null : new Name(start.text(), first + 1);
        }
        var text = new StringBuilder();
        int next = first;
        int end = start.from();
        while (next < tokens.size() && tokens.get(next).from() == end && isBare(tokens.get(next))) {
            text.append(tokens.get(next).text());
            end = tokens.get(next++).to();
        }
        boolean cutOff = next < tokens.size() && tokens.get(next).from() == end && next > first;
        return text.isEmpty() || cutOff && !isSeparator(tokens.get(next))
                ? null
                : new Name(text.toString(), next);
    }

    /// @param next number of the token behind it
    record Name(String text, int next) {}

    private static boolean isBare(Token token) {
        return switch (token.kind()) {
            case WORD, NUMBER -> true;
            case SYMBOL -> token.text().equals("-") || token.text().equals(".");
            case QUOTED, STRING, REGEX, UNCLOSED -> false;
        };
    }

    private static boolean isSeparator(Token token) {
        return token.isSymbol(";") || token.isSymbol(",");
    }
}
