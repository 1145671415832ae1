package io.tsdb.ingest.protocol.line;

import java.nio.charset.StandardCharsets;

/// A client's bytes as text for error messages: shortened, bytes that are no UTF-8 replaced. Pure.
final class LineText {
    /// Longest part of a line that an error shows.
    static final int SHOWN_BYTES_MAX = 256;

    private static final int QUOTED_BYTES_MAX = 64;

    private LineText() {}

    /// The start of a line, with `...` where it was cut.
    static String shortened(byte[] source, int from, int to) {
        return shortened(source, from, to, SHOWN_BYTES_MAX);
    }

    /// Like [#shortened(byte[], int, int)], shorter, in quotes, control characters as `\xNN`.
    static String quoted(byte[] source, int from, int to) {
        var text = new StringBuilder("'");
        shortened(source, from, to, QUOTED_BYTES_MAX)
                .chars()
                .forEach(
                        c -> {
                            if (c < ' ' || c == 0x7F) {
                                text.append(String.format("\\x%02x", c));
                            } else {
                                text.append((char) c);
                            }
                        });
        return text.append('\'').toString();
    }

    private static String shortened(byte[] source, int from, int to, int bytesMax) {
        int end = Math.min(to, from + bytesMax);
        while (end < to && end > from && (source[end] & 0xC0) == 0x80) {
            end--;
        }
        String text = new String(source, from, end - from, StandardCharsets.UTF_8);
        return end < to ? text + "..." : text;
    }

    static int newlines(byte[] source, int from, int to) {
        int count = 0;
        for (int at = from; at < to; at++) {
            if (source[at] == '\n') {
                count++;
            }
        }
        return count;
    }

    /// Where the physical line starts that holds a position.
    static int physicalStart(byte[] source, int from, int position) {
        int start = position;
        while (start > from && source[start - 1] != '\n') {
            start--;
        }
        return start;
    }
}
