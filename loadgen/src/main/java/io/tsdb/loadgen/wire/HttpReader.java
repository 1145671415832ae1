package io.tsdb.loadgen.wire;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StreamCorruptedException;
import java.util.Locale;

/// Reads HTTP/1.1 answers from a stream, one after the other: heads by line, bodies by
/// Content-Length, chunks or end.
final class HttpReader {
    private static final int LINE_BYTES_MAX = 64 << 10;

    private final BufferedInputStream input;

    HttpReader(InputStream input) {
        this.input = new BufferedInputStream(input, 64 << 10);
    }

    /// @param length of the body; -1 when it is chunked, -2 when it ends with the connection
    /// @param closes whether the server closes after this answer
    record Head(int status, long length, int retryAfterSeconds, boolean closes) {}

    Head head() throws IOException {
        while (true) {
            Head head = oneHead();
            if (head.status() / 100 != 1) {
                return head;
            }
        }
    }

    private Head oneHead() throws IOException {
        String status = line();
        if (!status.startsWith("HTTP/1.") || status.length() < 12) {
            throw new StreamCorruptedException("not an HTTP answer: '" + status + "'");
        }
        int code = Integer.parseInt(status.substring(9, 12));
        boolean empty = code == 204 || code == 304 || code / 100 == 1;
        long length = -2;
        int retryAfter = -1;
        boolean closes = status.startsWith("HTTP/1.0");
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            String name = header.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
            String value = header.substring(colon + 1).strip();
            switch (name) {
                case "content-length" -> length = length == -1 ? -1 : Long.parseLong(value);
                case "transfer-encoding" -> length = -1;
                case "connection" -> closes |= value.equalsIgnoreCase("close");
                case "retry-after" ->
                        retryAfter = value.matches("\\d{1,6}") ? Integer.parseInt(value) : -1;
                default -> {
                    // no other header says anything about the body or about when to come back
                }
            }
        }
        return new Head(code, empty ? 0 : length, retryAfter, closes || (length == -2 && !empty));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = input.read(); b != '\n'; b = input.read()) {
            if (b < 0) {
                throw new EOFException("connection closed by the server");
            }
            if (line.length() == LINE_BYTES_MAX) {
                throw new StreamCorruptedException(
                        "header line above " + LINE_BYTES_MAX + " bytes");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /// The body; read it to its end before the next head.
    InputStream body(Head head) {
        return head.length() == -2 ? input : new Body(head.length());
    }

    private final class Body extends InputStream {
        private final boolean chunked;
        private long left;
        private boolean ended;

        Body(long length) {
            chunked = length < 0;
            left = chunked ? 0 : length;
            ended = length == 0;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (!ended && left == 0) {
                nextChunk();
            }
            if (ended) {
                return -1;
            }
            int count = input.read(target, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new EOFException(
                        "connection closed with " + left + " bytes of the body missing");
            }
            left -= count;
            if (left == 0) {
                if (chunked) {
                    line();
                } else {
                    ended = true;
                }
            }
            return count;
        }

        private void nextChunk() throws IOException {
            String size = line();
            int semicolon = size.indexOf(';');
            left =
                    Long.parseLong(
                            (semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
            if (left == 0) {
                while (!line().isEmpty()) {
                    // trailers say nothing that is needed here
                }
                ended = true;
            }
        }
    }
}
