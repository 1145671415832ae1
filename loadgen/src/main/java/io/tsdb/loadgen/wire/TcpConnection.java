package io.tsdb.loadgen.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// Line protocol over TCP. The protocol has no answers: [#answer] only says that the system took
/// the bytes.
public final class TcpConnection implements BatchConnection {
    private static final Answer TAKEN = new Answer(200, -1, "");

    private final SocketChannel channel;
    private int taken;

    private TcpConnection(SocketChannel channel) {
        this.channel = channel;
    }

    public static TcpConnection open(Endpoint endpoint, Duration timeout) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(endpoint.address(), (int) timeout.toMillis());
            return new TcpConnection(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void send(byte[] bytes, int length) throws IOException {
        ByteBuffer body = ByteBuffer.wrap(bytes, 0, length);
        while (body.hasRemaining()) {
            channel.write(body);
        }
        taken++;
    }

    @Override
    public Answer answer() throws IOException {
        if (taken == 0) {
            throw new EOFException("BUG: no batch is under way");
        }
        taken--;
        return TAKEN;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() {
        try {
            channel.shutdownOutput();
            // The server closes after it has read everything; a reset instead would throw away what
            // is on its way.
            channel.socket().setSoTimeout(10_000);
            channel.socket().getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            // the connection is gone already: nothing is left to hand over in order
            taken = 0;
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
