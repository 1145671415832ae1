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
                            "DELETE",
                            "points are not deleted by a statement; retention and DROP DATABASE"
                                    + " do"),
                    Map.entry(
                            "TRUNCATE",
                            "points are not deleted by a statement; retention and DROP DATABASE"
                                    + " do"),
                    Map.entry("ALTER", "tags and fields come about with the points that have them"),
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
                    Map.entry("UNION", "results are not put together; ask two statements"),
                    Map.entry("EXCEPT", "results are not put together; ask two statements"),
                    Map.entry("INTERSECT", "results are not put together; ask two statements"),
                    Map.entry("OVER", "window functions are not supported"),
                    Map.entry(
                            "QUALIFY",
                            "window functions are not supported; LATEST BY tag keeps the newest row"
                                    + " of each"),
                    Map.entry("SAMPLE", "SAMPLE BY 1h is written GROUP BY time_bucket('1h', time)"),
                    Map.entry("FILL", "gaps are not filled: buckets without rows have no row"),
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

    /// @param token that is no syntax where it stands
    static Optional<String> advice(TokenStream tokens, Token token) {
        int at = token.getTokenIndex();
        String word = word(tokens, at);
        String before = word(tokens, at - 1);
        if (word.equals("ON") && before.equals("LATEST")) {
            return Optional.of("LATEST ON time PARTITION BY tag is written LATEST BY tag");
        }
        if (word(tokens, 1).equals("DISTINCT") && word(tokens, 2).equals("ON")) {
            return Optional.of("DISTINCT ON (tag) is written LATEST BY tag");
        }
        if ((word.equals("TABLE") || word.equals("MEASUREMENT")) && before.equals("CREATE")) {
            return Optional.of("a measurement comes about with its first point; " + WRITE);
        }
        if ((word.equals("TABLE") || word.equals("MEASUREMENT")) && before.equals("DROP")) {
            return Optional.of(
                    "a measurement goes with its database, or when retention took all of it");
        }
        if (word.equals("TABLES") && before.equals("SHOW")) {
            return Optional.of("measurements are listed by SHOW MEASUREMENTS");
        }
        if (word.equals("`") || word.equals("[")) {
            return Optional.of("names are quoted with \"");
        }
        if (word.equals(".")) {
            return Optional.of(
                    "a column is written without its measurement, and a name that has a '.' is"
                            + " quoted: \"a.b\"");
        }
        boolean isAfterFrom = word(tokens, at - 2).equals("FROM");
        if (isAfterFrom
                && (token.getType() == SqlLexer.MINUS || token.getType() == SqlLexer.SLASH)) {
            return Optional.of(
                    "a name that is no plain word is quoted: \""
                            + tokens.get(at - 1).getText()
                            + token.getText()
                            + tokens.get(at + 1).getText().replace("<EOF>", "")
                            + "\"");
        }
        if (word.equals("(") && before.equals("FROM")) {
            return Optional.of("FROM takes a measurement; sub-queries are not supported");
        }
        if (word.equals("SELECT") && at > 0 && !before.equals(";")) {
            return Optional.of("sub-queries are not supported");
        }
        // words that were taken for an alias, or for a column
        boolean isTaken =
                word.equals("(") && (before.equals("OVER") || before.equals("FILTER"))
                        || token.getType() == SqlLexer.INTEGER && before.equals("TOP");
        String advice = WORDS.get(isTaken ? before : word);
        if (advice == null && isAfterFrom && isClosestToName(tokens, at)) {
            return Optional.of("a measurement takes no alias");
        }
        return Optional.ofNullable(advice);
    }

    /// Whether a word after a measurement can only be meant as its alias: `FROM m x WHERE`, `FROM m
    /// AS x`.
    private static boolean isClosestToName(TokenStream tokens, int at) {
        if (tokens.get(at).getType() == SqlLexer.AS) {
            return true;
        }
        String next = word(tokens, at + 1);
        return tokens.get(at).getType() == SqlLexer.IDENTIFIER
                && (next.equals("<EOF>")
                        || next.equals("WHERE")
                        || next.equals("GROUP")
                        || next.equals("ORDER")
                        || next.equals("LIMIT")
                        || next.equals("LATEST")
                        || next.equals("JOIN"));
    }

    private static String word(TokenStream tokens, int index) {
        return index < 0 || index >= tokens.size()
                ? ""
                : tokens.get(index).getText().toUpperCase(Locale.ROOT);
    }
}
