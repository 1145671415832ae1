package io.tsdb.query.sql;

import io.tsdb.query.sql.grammar.SqlLexer;

import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Turns the first syntax error into a [QueryException]: what stands there, what was expected, and
/// the keyword that was probably meant.
final class SyntaxErrorListener extends BaseErrorListener {
    /// Most of a token that an error repeats.
    private static final int QUOTED_MAX = 60;

    private static final List<String> CLAUSES =
            List.of("FROM", "LATEST", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET");

    @Override
    public void syntaxError(
            Recognizer<?, ?> recognizer,
            @Nullable Object offending,
            int line,
            int column,
            String message,
            @Nullable RecognitionException cause) {
        var position = new Position(line, column + 1);
        if (!(recognizer instanceof Parser parser) || !(offending instanceof Token token)) {
            throw new QueryException(QueryErrorCode.SYNTAX_ERROR, position, message);
        }
        Optional<ForeignSyntax.Advice> advice =
                ForeignSyntax.advice(parser.getTokenStream(), token);
        if (advice.isPresent()) {
            Token word = advice.get().word();
            throw new QueryException(
                    QueryErrorCode.SYNTAX_ERROR,
                    new Position(word.getLine(), word.getCharPositionInLine() + 1),
                    "unexpected " + quoted(word) + ": " + advice.get().text());
        }
        throw new QueryException(
                QueryErrorCode.SYNTAX_ERROR, position, describe(parser, token, cause));
    }

    private static String describe(
            Parser parser, Token token, @Nullable RecognitionException cause) {
        String found = token.getType() == Token.EOF ? "end of the statement" : quoted(token);
        if (token.getType() == SqlLexer.UNCLOSED_COMMENT) {
            return "the comment that starts with /* has no end";
        }
        if (token.getType() == SqlLexer.WRONG_NUMBER) {
            return "unexpected "
                    + found
                    + ": it is no number and no duration; numbers are written 1000, 1.5 and 1e3,"
                    + " durations 5m, 1h30m and 1mo";
        }
        if (token.getText().equals("'") || token.getText().equals("\"")) {
            return "the text that starts with " + token.getText() + " has no end";
        }
        IntervalSet expected = expectedTokens(parser, cause);
        if (expected == null) {
            return "unexpected " + found;
        }
        var keywords = new ArrayList<String>();
        List<String> names = describe(expected, keywords);
        return "unexpected "
                + found
                + (names.isEmpty() ? "" : "; expected " + joined(names))
                + (expected.contains(Token.EOF) && isClause(token)
                        ? "; clauses stand in the order FROM, WHERE, GROUP BY, HAVING, QUALIFY,"
                                + " ORDER BY, LIMIT, OFFSET"
                        : hint(parser, token, keywords));
    }

    private static boolean isClause(Token token) {
        return switch (token.getType()) {
            case SqlLexer.WHERE,
                    SqlLexer.GROUP,
                    SqlLexer.HAVING,
                    SqlLexer.QUALIFY,
                    SqlLexer.ORDER,
                    SqlLexer.LIMIT ->
                    true;
            default -> false;
        };
    }

    private static @Nullable IntervalSet expectedTokens(
            Parser parser, @Nullable RecognitionException cause) {
        IntervalSet expected = cause == null ? null : cause.getExpectedTokens();
        return expected == null || expected.isNil() ? parser.getExpectedTokens() : expected;
    }

    /// What the tokens are to a reader: operators, literals and names in one word each.
    private static List<String> describe(IntervalSet expected, List<String> keywords) {
        boolean anyValue = expected.contains(SqlLexer.INTEGER) && expected.contains(SqlLexer.NULL);
        boolean anyOperator = expected.contains(SqlLexer.SLASH);
        boolean anyName = expected.contains(SqlLexer.IDENTIFIER);
        var names = new ArrayList<String>();
        if (anyValue) {
            names.add("an expression");
        } else if (anyName) {
            names.add("a name");
        }
        if (anyOperator) {
            names.add("an operator");
        }
        for (int type : expected.toArray()) {
            if (type == Token.EOF) {
                names.add("the end of the statement");
            } else if (isReserved(type)) {
                keywords.add(SqlLexer.VOCABULARY.getSymbolicName(type));
                boolean part = anyValue && isValueStart(type) || anyOperator && isPredicate(type);
                if (!part) {
                    names.add(SqlLexer.VOCABULARY.getSymbolicName(type));
                }
            } else if (isKeyword(type)) {
                String keyword =
                        type == SqlLexer.TIME_ZONE
                                        || type == SqlLexer.INSERT_INTO
                                        || type == SqlLexer.IGNORE_NULLS
                                        || type == SqlLexer.RESPECT_NULLS
                                ? SqlLexer.VOCABULARY.getSymbolicName(type).replace('_', ' ')
                                : SqlLexer.VOCABULARY.getSymbolicName(type);
                keywords.add(keyword);
                if (!anyName) {
                    names.add(keyword);
                }
            } else if (!anyValue && !anyOperator && !isNameToken(type)) {
                names.add(displayName(type));
            } else if (isPunctuation(type)) {
                names.add(displayName(type));
            }
        }
        return names;
    }

    /// Operators that can be written in two ways have no literal in the grammar's vocabulary.
    private static String displayName(int type) {
        return switch (type) {
            case SqlLexer.EQ -> "'='";
            case SqlLexer.NE -> "'!='";
            default -> SqlLexer.VOCABULARY.getDisplayName(type);
        };
    }

    private static boolean isReserved(int type) {
        return type >= SqlLexer.SELECT && type <= SqlLexer.QUALIFY;
    }

    private static boolean isKeyword(int type) {
        return type >= SqlLexer.SELECT && type <= SqlLexer.ESCAPE;
    }

    private static boolean isValueStart(int type) {
        return type == SqlLexer.NULL
                || type == SqlLexer.TRUE
                || type == SqlLexer.FALSE
                || type == SqlLexer.CAST
                || type == SqlLexer.TRY_CAST
                || type == SqlLexer.CASE
                || type == SqlLexer.NOT
                || type == SqlLexer.ALL
                || type == SqlLexer.DISTINCT;
    }

    private static boolean isPredicate(int type) {
        return type == SqlLexer.NOT
                || type == SqlLexer.IN
                || type == SqlLexer.IS
                || type == SqlLexer.LIKE
                || type == SqlLexer.ILIKE
                || type == SqlLexer.BETWEEN
                || type == SqlLexer.AND
                || type == SqlLexer.OR;
    }

    private static boolean isNameToken(int type) {
        return type == SqlLexer.IDENTIFIER || type == SqlLexer.QUOTED;
    }

    private static boolean isPunctuation(int type) {
        String name = SqlLexer.VOCABULARY.getLiteralName(type);
        return name != null && (name.equals("','") || name.equals("'('") || name.equals("')'"));
    }

    /// The keyword meant by the unexpected word, or by the word before it, which was taken as a
    /// name.
    private static String hint(Parser parser, Token token, List<String> keywords) {
        if (keywords.isEmpty() && token.getType() == SqlLexer.IDENTIFIER) {
            // where a statement may end, a clause may stand
            keywords.addAll(CLAUSES);
        }
        String hint = NearestName.hint(token.getText(), keywords);
        if (!hint.isEmpty() || token.getTokenIndex() == 0) {
            return hint;
        }
        Token before = parser.getTokenStream().LT(-1);
        if (before == null || before.getType() != SqlLexer.IDENTIFIER) {
            return "";
        }
        return NearestName.of(before.getText(), keywords)
                .map(k -> "; did you mean '" + k + "' where it says " + quoted(before) + "?")
                .orElse("");
    }

    private static String quoted(Token token) {
        String text = token.getText().replace("\n", "\\n");
        if (text.startsWith("'") && text.length() <= QUOTED_MAX) {
            return text;
        }
        return "'"
                + (text.length() <= QUOTED_MAX ? text : text.substring(0, QUOTED_MAX) + "…")
                + "'";
    }

    private static String joined(List<String> names) {
        if (names.size() == 1) {
            return names.getFirst();
        }
        return String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
    }
}
