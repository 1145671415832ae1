package io.tsdb.query.sql;

/// A query cannot be answered, and why: the user's fault, or a limit.
///
/// [#getMessage()] is `line:column: text` where the place is known, as in `1:34: unknown column
/// 'temprature' in measurement 'sensor'; did you mean 'temperature'?`.
public final class QueryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final QueryErrorCode code;
    private final int line;
    private final int column;
    private final String text;

    public QueryException(QueryErrorCode code, Position position, String text) {
        super(
                position.line() == 0
                        ? text
                        : position.line() + ":" + position.column() + ": " + text);
        this.code = code;
        this.line = position.line();
        this.column = position.column();
        this.text = text;
    }

    public QueryErrorCode code() {
        return code;
    }

    /// From 1; 0 when the error has no place in the text.
    public int line() {
        return line;
    }

    /// From 1, in UTF-16 units; 0 when the error has no place in the text.
    public int column() {
        return column;
    }

    /// The message without its position.
    public String text() {
        return text;
    }
}
