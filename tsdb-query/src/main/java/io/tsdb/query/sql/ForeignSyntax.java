package io.tsdb.query.sql;

import io.tsdb.query.sql.ForeignPhrases.Phrase;
import io.tsdb.query.sql.grammar.SqlLexer;

import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What people write elsewhere and this dialect has otherwise, or not at all: the answer to words
/// that are no syntax here, by the table [ForeignPhrases].
final class ForeignSyntax {
    private static final Set<String> LITERAL_PREFIXES = Set.of("E", "N", "X", "B", "R");

    private ForeignSyntax() {}

    /// An answer to one word.
    record Advice(Token word, String text) {}

    /// @param token that is no syntax where it stands; the word before it may have been taken for
    ///   an alias, and be what is answered
    static Optional<Advice> advice(TokenStream tokens, Token token) {
        int at = token.getTokenIndex();
        String before = word(tokens, at - 1);
        if (word(tokens, 1).equals("DISTINCT")
                && word(tokens, 2).equals("ON")
                && !word(tokens, 3).equals("(")) {
            return of(token, "DISTINCT ON takes its keys in parentheses: DISTINCT ON (tag)");
        }
        if (at == 0 && word(tokens, at).equals("FROM")) {
            return of(token, "a query begins with SELECT: SELECT * FROM m");
        }
        if (word(tokens, at).equals("(") && word(tokens, at - 2).equals(".")) {
            return of(token, "a function stands before what it is of: f(x), not x.f()");
        }
        if (token.getType() == SqlLexer.STRING && (before.equals("FROM") || before.equals("AS"))) {
            return of(token, "text takes ', a name \"");
        }
        if (token.getType() == SqlLexer.STRING && LITERAL_PREFIXES.contains(before)) {
            return of(token, "text is written 'a', without a letter before; a \\ in it is one");
        }
        boolean isAfterFrom = word(tokens, at - 2).equals("FROM");
        if (isAfterFrom && word(tokens, at).equals("(")) {
            return of(
                    token,
                    "FROM takes a measurement, or a query in parentheses; no function makes rows");
        }
        boolean isAfterNumber = at > 0 && tokens.get(at - 1).getType() == SqlLexer.INTEGER;
        if (isAfterNumber && Interval.unit(token.getText()).isPresent()) {
            return of(token, "an interval is written 1h, or INTERVAL '1 hour'");
        }
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
        return phrase(tokens, at);
    }

    /// The first phrase that holds the token, or ends right before it.
    private static Optional<Advice> phrase(TokenStream tokens, int at) {
        for (Phrase phrase : ForeignPhrases.ALL) {
            int length = phrase.words().size();
            for (int from = Math.max(0, at - length); from <= at; from++) {
                if (matches(phrase, tokens, from, at)) {
                    boolean holds = from + length > at;
                    return of(tokens.get(holds ? at : from), phrase.answer());
                }
            }
        }
        return Optional.empty();
    }

    private static boolean matches(Phrase phrase, TokenStream tokens, int from, int at) {
        int length = phrase.words().size();
        for (int i = 0; i < length; i++) {
            String wanted = phrase.words().get(i);
            String word = word(tokens, from + i);
            boolean fits = wanted.equals("_") ? !word.isEmpty() : wanted.equals(word);
            if (!fits) {
                return false;
            }
        }
        // a single word before the token counts where it was taken for an alias
        return length > 1 || from == at || tokens.get(from).getType() == SqlLexer.IDENTIFIER;
    }

    private static Optional<Advice> of(Token word, String text) {
        return Optional.of(new Advice(word, text));
    }

    /// In upper case; empty where there is none.
    private static String word(TokenStream tokens, int index) {
        if (index < 0 || index >= tokens.size() || tokens.get(index).getType() == Token.EOF) {
            return "";
        }
        return tokens.get(index).getText().toUpperCase(Locale.ROOT);
    }
}
