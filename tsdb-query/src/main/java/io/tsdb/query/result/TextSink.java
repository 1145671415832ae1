package io.tsdb.query.result;

import java.io.IOException;

/// Takes the pieces of an answer, in order. May block while its reader is slow.
public interface TextSink {
    /// @param bytes copied or written before it returns; only `[0, length)` counts
    /// @throws IOException when the reader has gone away
    void write(byte[] bytes, int length) throws IOException;
}
