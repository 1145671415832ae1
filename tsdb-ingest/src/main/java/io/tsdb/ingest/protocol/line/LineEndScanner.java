package io.tsdb.ingest.protocol.line;

/// Finds where a line ends, in pieces of any size. Knows just enough of the grammar to tell a
/// newline inside a quoted string from the end of the line.
///
/// A quote opens a string only at the start of a field's value. Where the line leaves the grammar
/// the next newline ends it, as it does for the reference decoder. Whoever splits lines asks it:
/// the decoder, and whoever cuts a file into requests. One thread.
public final class LineEndScanner {
    /// [#scan] found no end.
    public static final int NOT_FOUND = -1;

    private static final long SPECIAL = 1L << '\n' | 1L << ' ' | 1L << '"' | 1L << ',' | 1L << '=';

    private enum State {
        START(false),
        SERIES(true),
        FIRST_FIELD(false),
        NEXT_FIELD(false),
        FIELD_KEY(true),
        VALUE_START(false),
        VALUE(true),
        STRING(true),
        STRING_END(false),
        TO_NEWLINE(true);

        /// Whether bytes that are not special leave this state as it is.
        private final boolean skipsPlain;

        State(boolean skipsPlain) {
            this.skipsPlain = skipsPlain;
        }
    }

    private State state = State.START;

    /// The byte before was a backslash that may change what the next one means.
    private boolean escaped;

    /// Goes to the start of a line.
    public void reset() {
        state = State.START;
        escaped = false;
    }

    /// @return position of the newline that ends the line (the scanner is then at the start of a
    ///   line again), or [#NOT_FOUND]: the scanner goes on with the next piece
    public int scan(byte[] source, int from, int to) {
        int at = from;
        while (at < to) {
            if (state.skipsPlain && !escaped) {
                at = plainEnd(source, at, to);
                if (at == to) {
                    return NOT_FOUND;
                }
            }
            byte c = source[at];
            if (state == State.STRING) {
                stepInString(c);
            } else if (c == '\n') {
                reset();
                return at;
            } else if (escaped) {
                // Whatever it is, it ends no name; only another backslash starts a new escape.
                escaped = c == '\\';
            } else {
                step(c);
            }
            at++;
        }
        return NOT_FOUND;
    }

    /// Bytes that mean something in no state where they are skipped.
    private static int plainEnd(byte[] source, int from, int to) {
        int at = from;
        while (at < to && !isSpecial(source[at])) {
            at++;
        }
        return at;
    }

    private static boolean isSpecial(byte c) {
        return c < Long.SIZE ? c >= 0 && (SPECIAL >>> c & 1) != 0 : c == '\\';
    }

    private void stepInString(byte c) {
        if (escaped) {
            escaped = false;
        } else if (c == '\\') {
            escaped = true;
        } else if (c == '"') {
            state = State.STRING_END;
        }
    }

    private void step(byte c) {
        switch (state) {
            case START -> {
                if (c != ' ') {
                    state = c == '#' ? State.TO_NEWLINE : State.SERIES;
                    escaped = c == '\\';
                }
            }
            case SERIES -> {
                escaped = c == '\\';
                if (c == ' ') {
                    state = State.FIRST_FIELD;
                }
            }
            case FIRST_FIELD -> {
                if (c != ' ') {
                    startFieldKey(c);
                }
            }
            case NEXT_FIELD -> startFieldKey(c);
            case FIELD_KEY -> {
                escaped = c == '\\';
                if (c == '=') {
                    state = State.VALUE_START;
                } else if (c == ' ' || c == ',') {
                    state = State.TO_NEWLINE;
                }
            }
            case VALUE_START -> {
                if (c == '"') {
                    state = State.STRING;
                } else {
                    endOfValue(c, State.VALUE);
                }
            }
            case VALUE -> endOfValue(c, State.VALUE);
            case STRING_END -> endOfValue(c, State.TO_NEWLINE);
            case STRING, TO_NEWLINE -> {
                // A string has its own step; nothing but a newline matters in the other.
            }
        }
    }

    private void startFieldKey(byte c) {
        boolean isName = c != ' ' && c != '=' && c != ',';
        state = isName ? State.FIELD_KEY : State.TO_NEWLINE;
        escaped = c == '\\';
    }

    private void endOfValue(byte c, State otherwise) {
        if (c == ',') {
            state = State.NEXT_FIELD;
        } else {
            state = c == ' ' ? State.TO_NEWLINE : otherwise;
        }
    }
}
