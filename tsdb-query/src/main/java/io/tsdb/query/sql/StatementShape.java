package io.tsdb.query.sql;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// A statement's text with its strings taken out: what asks of other hosts or times has the same
/// shape.
///
/// @param key the text with a mark in the place of each string
/// @param texts the strings, in order, as they are meant
/// @param places where each begins
public record StatementShape(String key, List<String> texts, List<Position> places) {
    /// Longer statements have no shape.
    public static final int LENGTH_MAX = 1 << 13;

    /// In the place of a string; no statement has it.
    private static final char MARK = '\u0001';

    public StatementShape {
        texts = List.copyOf(texts);
        places = List.copyOf(places);
    }

    /// The shape of a statement.
    ///
    /// @return null for one that is long, has comments, strings that do not end, or characters that
    ///   are no unit of their own: whoever asks goes the way of all statements
    public static @Nullable StatementShape of(String sql) {
        int length = sql.length();
        if (length > LENGTH_MAX) {
            return null;
        }
        var key = new StringBuilder(length);
        var texts = new ArrayList<String>();
        var places = new ArrayList<Position>();
        int line = 1;
        int lineStart = 0;
        int at = 0;
        while (at < length) {
            char c = sql.charAt(at);
            if (c == '\'') {
                int end = end(sql, at, '\'');
                if (end < 0 || sql.indexOf('\n', at) >= 0 && sql.indexOf('\n', at) < end) {
                    return null;
                }
                key.append(MARK);
                String text = sql.substring(at + 1, end);
                texts.add(text.indexOf('\'') < 0 ? text : text.replace("''", "'"));
                places.add(new Position(line, at - lineStart + 1));
                at = end + 1;
                continue;
            }
            boolean comment =
                    at + 1 < length
                            && (c == '-' && sql.charAt(at + 1) == '-'
                                    || c == '/' && sql.charAt(at + 1) == '*');
            if (comment || c == MARK || Character.isSurrogate(c)) {
                return null;
            }
            if (c == '"') {
                int end = end(sql, at, '"');
                if (end < 0) {
                    return null;
                }
                for (int i = at; i < end; i++) {
                    if (sql.charAt(i) == '\n' || Character.isSurrogate(sql.charAt(i))) {
                        return null;
                    }
                }
                key.append(sql, at, end + 1);
                at = end + 1;
                continue;
            }
            if (c == '\n') {
                line++;
                lineStart = at + 1;
            }
            key.append(c);
            at++;
        }
        return new StatementShape(key.toString(), texts, places);
    }

    /// The quote that ends what begins at a place; two of them are one of the text.
    private static int end(String sql, int from, char quote) {
        int end = sql.indexOf(quote, from + 1);
        while (end >= 0 && end + 1 < sql.length() && sql.charAt(end + 1) == quote) {
            end = sql.indexOf(quote, end + 2);
        }
        for (int i = from; quote == '\'' && i < end; i++) {
            if (Character.isSurrogate(sql.charAt(i))) {
                return -1;
            }
        }
        return end;
    }
}
