package io.tsdb.ingest.protocol.line;

import java.util.Arrays;

/// The start of a line whose end has not come yet. One thread.
final class CarriedLine {
    /// Memory that stays when the line is done.
    private static final int KEPT_BYTES_MAX = 1 << 16;

    private byte[] bytes = new byte[1024];
    private int size;
    private int newlines;
    private boolean cut;

    /// Takes the next bytes; once there are too many it keeps only what an error shows.
    void append(byte[] source, int from, int to, int bytesMax) {
        newlines += LineText.newlines(source, from, to);
        // Two more than the limit, for the end of the line.
        if (cut || (long) size + (to - from) > bytesMax + 2L) {
            cut = true;
            size = Math.min(size, LineText.SHOWN_BYTES_MAX);
            keep(source, from, Math.min(to, from + LineText.SHOWN_BYTES_MAX + 1 - size));
            return;
        }
        keep(source, from, to);
    }

    private void keep(byte[] source, int from, int to) {
        int length = to - from;
        if (size + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
        }
        System.arraycopy(source, from, bytes, size, length);
        size += length;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// Whether the line passed the limit.
    boolean isCut() {
        return cut;
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    /// Newlines so far, those that were not kept too.
    int newlines() {
        return newlines;
    }

    void clear() {
        size = 0;
        newlines = 0;
        cut = false;
        if (bytes.length > KEPT_BYTES_MAX) {
            bytes = new byte[1024];
        }
    }
}
