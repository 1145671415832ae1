package io.tsdb.query.sql;

import io.tsdb.query.sql.grammar.SqlLexer;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// The words of the dialect, for who completes statements. Pure.
public final class SqlWords {
    private SqlWords() {}

    /// Keywords, in capitals: tokens whose text is their name.
    public static SortedSet<String> keywords() {
        var words = new TreeSet<String>();
        IntStream.rangeClosed(1, SqlLexer.VOCABULARY.getMaxTokenType())
                .mapToObj(SqlLexer.VOCABULARY::getLiteralName)
                .filter(literal -> literal != null && literal.matches("'[A-Z_]+'"))
                .forEach(literal -> words.add(literal.substring(1, literal.length() - 1)));
        return words;
    }
}
