package io.tsdb.query.sql;

/// A query cannot be answered, and why: the user's fault, or a limit.
///
/// [#getMessage()] is `line:column: text` where the place is known, as in `1:34: unknown column
/// 'temprature' in measurement 'sensor'; did you mean 'temperature'?`. Whatever names and literals
/// the text repeats, it has at most [#TEXT_LENGTH_MAX] characters: the middle of a longer one is
/// left out.
public final class QueryException extends RuntimeException {
    /// Longest text, in UTF-16 units.
    public static final int TEXT_LENGTH_MAX = 1_000;

    private static final long serialVersionUID = 1L;

    /// What a long text keeps of its end, where there is what was expected.
    private static final int END_LENGTH = 400;

    private static final String LEFT_OUT = " … ";

    private final QueryErrorCode code;
    private final int line;
    private final int column;
    private final String text;

    public QueryException(QueryErrorCode code, Position position, String text) {
        super(
                (position.line() == 0 ? "" : position.line() + ":" + position.column() + ": ")
                        + shortened(text));
        this.code = code;
        this.line = position.line();
        this.column = position.column();
        this.text = shortened(text);
    }

    private static String shortened(String text) {
        if (text.length() <= TEXT_LENGTH_MAX) {
            return text;
        }
        int head = TEXT_LENGTH_MAX - END_LENGTH - LEFT_OUT.length();
        int tail = text.length() - END_LENGTH;
        return text.substring(0, Character.isHighSurrogate(text.charAt(head - 1)) ? head - 1 : head)
                + LEFT_OUT
                + text.substring(Character.isLowSurrogate(text.charAt(tail)) ? tail + 1 : tail);
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
