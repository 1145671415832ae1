package io.tsdb.loadgen.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// One keep-alive HTTP/1.1 connection for writes, with pipelining.
public final class HttpConnection implements BatchConnection {
    private static final int TEXT_BYTES_MAX = 600;

    private final SocketChannel channel;
    private final HttpReader reader;
    private final byte[] headStart;
    private boolean closesAfterAnswer;

    private HttpConnection(SocketChannel channel, InputStream input, String headStart) {
        this.channel = channel;
        this.headStart = headStart.getBytes(StandardCharsets.ISO_8859_1);
        reader = new HttpReader(input);
    }

    /// Opens a connection.
    ///
    /// @param path path and query of each request
    /// @param token sent as `Authorization: Token ...`, or empty
    /// @param gzip whether the bodies will be gzip
    public static HttpConnection open(
            Endpoint endpoint, String path, String token, boolean gzip, Duration timeout)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(endpoint.address(), (int) timeout.toMillis());
            channel.socket().setSoTimeout((int) timeout.toMillis());
            String head =
                    "POST "
                            + path
                            + " HTTP/1.1\r\nHost: "
                            + endpoint
                            + "\r\n"
                            + (token.isEmpty() ? "" : "Authorization: Token " + token + "\r\n")
                            + (gzip ? "Content-Encoding: gzip\r\n" : "")
                            + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: ";
            return new HttpConnection(channel, channel.socket().getInputStream(), head);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void send(byte[] bytes, int length) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(headStart.length + 24);
        head.put(headStart).put((length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1)).flip();
        ByteBuffer body = ByteBuffer.wrap(bytes, 0, length);
        ByteBuffer[] both = {head, body};
        while (head.hasRemaining() || body.hasRemaining()) {
            channel.write(both);
        }
    }

    @Override
    public Answer answer() throws IOException {
        HttpReader.Head head = reader.head();
        String text;
        try (InputStream body = reader.body(head)) {
            byte[] start = body.readNBytes(TEXT_BYTES_MAX);
            text = new String(start, StandardCharsets.UTF_8);
            body.transferTo(java.io.OutputStream.nullOutputStream());
        }
        closesAfterAnswer = head.closes();
        return new Answer(head.status(), head.retryAfterSeconds(), text);
    }

    @Override
    public boolean isOpen() {
        return !closesAfterAnswer;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
