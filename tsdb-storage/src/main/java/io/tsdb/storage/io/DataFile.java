package io.tsdb.storage.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/// An open file. One writer; reads may go on beside it.
public interface DataFile extends AutoCloseable {
    /// Writes everything that remains in `source` at a position; bytes skipped before it are zeros.
    void write(ByteBuffer source, long position) throws IOException;

    /// Reads until `target` is full or the file ends.
    ///
    /// @return number of bytes read, 0 at or after the end
    int read(ByteBuffer target, long position) throws IOException;

    /// Makes content durable (`fdatasync`). After a failure nothing is known of what was written
    /// since the last success, and trying again proves nothing.
    void sync() throws IOException;

    long size() throws IOException;

    /// Shortens the file.
    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
}
