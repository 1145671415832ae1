package io.tsdb.loadgen.wire;

import java.io.IOException;

/// A connection that batches go out on. Several can be under way before the first answer is read;
/// answers come in order.
public interface BatchConnection extends AutoCloseable {

    /// Sends `bytes[0, length)`; returns when the system has taken all of it.
    void send(byte[] bytes, int length) throws IOException;

    /// Waits for the answer to the oldest batch without one.
    ///
    /// @throws IOException when the connection ends or stays silent too long; it is of no use then
    Answer answer() throws IOException;

    /// Whether another batch can be sent; false after the server has said that it closes.
    boolean isOpen();

    @Override
    void close();
}
