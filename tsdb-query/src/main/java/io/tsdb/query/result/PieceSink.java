package io.tsdb.query.result;

import java.io.IOException;

/// Small writes gathered to pieces of some size; large ones go through. One thread.
final class PieceSink implements TextSink {
    private static final int PIECE_BYTES = 128 << 10;

    private final TextSink target;
    private final byte[] piece = new byte[PIECE_BYTES];
    private int size;

    PieceSink(TextSink target) {
        this.target = target;
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        if (length > PIECE_BYTES - size) {
            flush();
        }
        if (length >= PIECE_BYTES) {
            target.write(bytes, length);
        } else {
            System.arraycopy(bytes, 0, piece, size, length);
            size += length;
        }
    }

    void flush() throws IOException {
        target.write(piece, size);
        size = 0;
    }
}
