package io.tsdb.ingest.transport;

import io.netty.buffer.ByteBuf;

import org.jspecify.annotations.Nullable;

/// The first line of a connection that needs a token: `token TOKEN`. One thread.
final class TokenLine {
    private static final int BYTES_MAX = 1024;
    private static final String PREFIX = "token ";

    /// A byte order mark, whose bytes stand here as characters.
    private static final String MARK = "\u00EF\u00BB\u00BF";

    private final StringBuilder line = new StringBuilder();
    private boolean complete;

    /// Reads as much as belongs to the line.
    void read(ByteBuf bytes) {
        while (bytes.isReadable()) {
            char c = (char) (bytes.readByte() & 0xff);
            if (c == '\n') {
                complete = true;
                return;
            }
            if (line.length() == BYTES_MAX) {
                return;
            }
            line.append(c);
        }
    }

    boolean isComplete() {
        return complete;
    }

    boolean isTooLong() {
        return !complete && line.length() == BYTES_MAX;
    }

    /// Null when the line, which is complete, says none.
    @Nullable String token() {
        String all = line.toString();
        String text = (all.startsWith(MARK) ? all.substring(MARK.length()) : all).strip();
        return text.startsWith(PREFIX) ? text.substring(PREFIX.length()).strip() : null;
    }
}
