package io.tsdb.ingest.protocol.line;

import io.tsdb.ingest.protocol.LineError;

/// Leaves the careful parser where a line goes wrong. Without stack trace: a client may send
/// nothing but such lines.
final class LineRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final LineError.Kind kind;
    private final int position;

    /// @param position in the buffer that is parsed
    LineRefusedException(LineError.Kind kind, int position, String message) {
        super(message, null, false, false);
        this.kind = kind;
        this.position = position;
    }

    LineError.Kind kind() {
        return kind;
    }

    int position() {
        return position;
    }
}
