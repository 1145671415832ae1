package io.tsdb.query.sql;

import io.tsdb.query.sql.grammar.SqlLexer;

import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What people write elsewhere and this dialect has otherwise, or not at all: the answer to a word
/// that is no syntax here.
final class ForeignSyntax {
    private static final String WRITE =
            "points are written by line protocol: POST /write, or tsdb import";

    private static final String NO_JOIN =
            "joins are not supported; a statement reads one measurement";

    private static final Map<String, String> WORDS =
            Map.ofEntries(
                    Map.entry("INSERT", WRITE),
                    Map.entry(
                            "UPDATE",
                            "a point is overwritten by one of the same series and time; " + WRITE),
                    Map.entry("UPSERT", WRITE),
                    Map.entry("COPY", WRITE),
                    Map.entry(
                            "DESCRIBE",
                            "columns are listed by SHOW TAG KEYS FROM m and SHOW FIELD KEYS FROM"
                                    + " m"),
                    Map.entry(
                            "DESC",
                            "columns are listed by SHOW TAG KEYS FROM m and SHOW FIELD KEYS FROM"
                                    + " m"),
                    Map.entry(
                            "USE",
                            "the database is named by the request: db=name, or tsdb sql --db name"),
                    Map.entry("JOIN", NO_JOIN),
                    Map.entry("INNER", NO_JOIN),
                    Map.entry("LEFT", NO_JOIN),
                    Map.entry("RIGHT", NO_JOIN),
                    Map.entry("FULL", NO_JOIN),
                    Map.entry("CROSS", NO_JOIN),
                    Map.entry("ASOF", NO_JOIN),
                    Map.entry("NATURAL", NO_JOIN),
                    Map.entry(
                            "SAMPLE",
                            "SAMPLE BY stands behind WHERE, and groups by every item that is no"
                                    + " aggregate, without GROUP BY"),
                    Map.entry(
                            "FILL",
                            "FILL (...) stands behind GROUP BY time_bucket(...) or SAMPLE BY"),
                    Map.entry("FETCH", "FETCH FIRST n ROWS is written LIMIT n"),
                    Map.entry("TOP", "TOP n is written LIMIT n at the end"),
                    Map.entry("RLIKE", "a regular expression is matched by ~"),
                    Map.entry("REGEXP", "a regular expression is matched by ~"),
                    Map.entry("SIMILAR", "a regular expression is matched by ~"),
                    Map.entry(
                            "GLOB", "a pattern is matched by LIKE 'a%', a regular expression by ~"),
                    Map.entry(
                            "FILTER",
                            "FILTER (WHERE c) is written with CASE: sum(CASE WHEN c THEN x END)"));

    private ForeignSyntax() {}

    /// An answer to one word.
    record Advice(Token word, String text) {}

    /// @param token that is no syntax where it stands; the word before it may have been taken for
    ///   an alias, and be what is answered
    static Optional<Advice> advice(TokenStream tokens, Token token) {
        int at = token.getTokenIndex();
        String word = word(tokens, at);
        String before = word(tokens, at - 1);
        if (word.equals("ON") && before.equals("LATEST")) {
            return of(token, "LATEST ON time PARTITION BY tag is written LATEST BY tag");
        }
        if (word(tokens, 1).equals("DISTINCT") && word(tokens, 2).equals("ON")) {
            return of(token, "DISTINCT ON (tag) is written LATEST BY tag");
        }
        if ((word.equals("TABLE") || word.equals("MEASUREMENT")) && before.equals("CREATE")) {
            return of(token, "a measurement comes about with its first point; " + WRITE);
        }
        if (before.equals("ALTER") && word.equals("TABLE")) {
            return of(token, "tags and fields come about with the points that have them");
        }
        if (word.equals("TABLE") && before.equals("DROP")) {
            return of(token, "a measurement is dropped by DROP MEASUREMENT m");
        }
        if (word.equals("TABLES") && before.equals("SHOW")) {
            return of(token, "measurements are listed by SHOW MEASUREMENTS");
        }
        if (word.equals("`") || word.equals("[")) {
            return of(token, "names are quoted with \"");
        }
        if (word.equals("(") && word(tokens, at - 2).equals(".")) {
            return of(token, "a function stands before what it is of: f(x), not x.f()");
        }
        boolean isAfterFrom = word(tokens, at - 2).equals("FROM");
        if (isAfterFrom
                && (token.getType() == SqlLexer.MINUS || token.getType() == SqlLexer.SLASH)) {
            return of(
                    token,
                    "a name that is no plain word is quoted: \""
                            + tokens.get(at - 1).getText()
                            + token.getText()
                            + tokens.get(at + 1).getText().replace("<EOF>", "")
                            + "\"");
        }
        String advice = WORDS.get(word);
        if (advice != null) {
            return of(token, advice);
        }
        String taken = WORDS.get(before);
        boolean wasTaken = at > 0 && tokens.get(at - 1).getType() == SqlLexer.IDENTIFIER;
        return taken != null && wasTaken ? of(tokens.get(at - 1), taken) : Optional.empty();
    }

    private static Optional<Advice> of(Token word, String text) {
        return Optional.of(new Advice(word, text));
    }

    private static String word(TokenStream tokens, int index) {
        return index < 0 || index >= tokens.size()
                ? ""
                : tokens.get(index).getText().toUpperCase(Locale.ROOT);
    }
}
