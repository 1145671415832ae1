package io.tsdb.query.sql;

import io.tsdb.query.sql.grammar.SqlLexer;

import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenSource;
import org.antlr.v4.runtime.atn.PredictionMode;

import java.util.function.Function;

/// Parses one statement.
public final class SqlParser {
    /// Longest statement, in UTF-16 units. The tree of a statement takes up to 200 times its text.
    public static final int LENGTH_MAX = 1 << 18;

    /// Deepest nesting of parentheses and prefix operators.
    public static final int NESTING_MAX = 200;

    /// Most `SELECT`s of a statement: each is a plan of its own, with vectors of its own at each
    /// shard.
    public static final int SELECTS_MAX = 100;

    private SqlParser() {}

    /// @throws QueryException `syntax_error` with the place and what was expected there,
    ///   `invalid_value` for a literal that cannot be read, `limit_exceeded` for a text that is too
    ///   long or nested too deep
    public static Statement parse(String sql) {
        if (sql.length() > LENGTH_MAX) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    Position.NONE,
                    "a statement has at most "
                            + LENGTH_MAX
                            + " characters, this one has "
                            + sql.length()
                            + "; long lists go into a parameter: IN (:list)");
        }
        return parse(CharStreams.fromString(sql), CommonTokenStream::new);
    }

    /// Linear in the length of the text: no character and no token is looked at more than a fixed
    /// number of times (`SqlParserStepsTest` counts).
    ///
    /// @param buffered makes the stream of tokens that the parser reads
    static Statement parse(CharStream text, Function<TokenSource, CommonTokenStream> buffered) {
        CommonTokenStream tokens = buffered.apply(lexer(text));
        tokens.fill();
        checkNesting(tokens);
        var parser = new io.tsdb.query.sql.grammar.SqlParser(tokens);
        parser.removeErrorListeners();
        parser.addErrorListener(new SyntaxErrorListener());
        parser.getInterpreter().setPredictionMode(PredictionMode.LL);
        return new TreeBuilder().statement(parser.singleStatement().statement());
    }

    /// Whether the text begins as a query does (`SELECT`, `WITH`, `VALUES`, a bracket) or with
    /// `EXPLAIN`, so that it can be nothing but such a statement or wrong.
    static boolean startsAsSelect(String sql) {
        if (sql.length() > LENGTH_MAX) {
            return false;
        }
        Token first = lexer(CharStreams.fromString(sql)).nextToken();
        return switch (first.getType()) {
            case SqlLexer.SELECT, SqlLexer.EXPLAIN, SqlLexer.WITH, SqlLexer.VALUES -> true;
            default -> first.getText().equals("(");
        };
    }

    /// Whether the text begins with `INSERT INTO`.
    static boolean startsAsInsert(String sql) {
        return sql.length() <= LENGTH_MAX
                && lexer(CharStreams.fromString(sql)).nextToken().getType() == SqlLexer.INSERT_INTO;
    }

    /// Whether the word `SELECT` stands anywhere: without it no measurement is read.
    static boolean hasSelect(String sql) {
        SqlLexer lexer = lexer(CharStreams.fromString(sql));
        Token token = lexer.nextToken();
        while (token.getType() != Token.EOF && token.getType() != SqlLexer.SELECT) {
            token = lexer.nextToken();
        }
        return token.getType() == SqlLexer.SELECT;
    }

    private static SqlLexer lexer(CharStream text) {
        var lexer = new SqlLexer(text);
        lexer.removeErrorListeners();
        lexer.addErrorListener(new SyntaxErrorListener());
        return lexer;
    }

    /// Refuses what would exhaust the stack of a recursive parser.
    private static void checkNesting(CommonTokenStream tokens) {
        int depth = 0;
        int prefixes = 0;
        int casts = 0;
        int bits = 0;
        int selects = 0;
        int before = Token.INVALID_TYPE;
        for (Token token : tokens.getTokens()) {
            switch (token.getType()) {
                case SqlLexer.NOT, SqlLexer.MINUS, SqlLexer.PLUS -> prefixes++;
                case SqlLexer.CASE -> depth++;
                case SqlLexer.SELECT -> selects++;
                case SqlLexer.END -> depth--;
                case SqlLexer.TIME_ZONE -> casts++;
                case SqlLexer.MATCH -> bits += bindsMore(before) ? 1 : 0;
                default -> {
                    prefixes = 0;
                    if (token.getText().equals("(")) {
                        depth++;
                    } else if (token.getText().equals(")")) {
                        depth--;
                    } else if (token.getText().equals("::")) {
                        casts++;
                    }
                }
            }
            if (selects > SELECTS_MAX) {
                throw new QueryException(
                        QueryErrorCode.LIMIT_EXCEEDED,
                        new Position(token.getLine(), token.getCharPositionInLine() + 1),
                        "a statement has at most " + SELECTS_MAX + " SELECTs");
            }
            before = token.getType();
            if (depth + prefixes + casts + bits > NESTING_MAX) {
                throw new QueryException(
                        QueryErrorCode.LIMIT_EXCEEDED,
                        new Position(token.getLine(), token.getCharPositionInLine() + 1),
                        "expressions nest at most " + NESTING_MAX + " deep");
            }
        }
    }

    /// Whether `~` behind a token of the type begins an operand that takes in all that follows, and
    /// so one such operand the next: `~a*~b*~c` is `~(a*~(b*~c))`. As a comparison it does not.
    private static boolean bindsMore(int before) {
        return switch (before) {
            case SqlLexer.MINUS,
                    SqlLexer.PLUS,
                    SqlLexer.STAR,
                    SqlLexer.SLASH,
                    SqlLexer.INT_DIV,
                    SqlLexer.PERCENT,
                    SqlLexer.MATCH ->
                    true;
            default -> false;
        };
    }
}
