package io.tsdb.ingest.transport;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// HTTP client that sends exactly the bytes it is told to, so that a test can cut, pipeline and
/// break them.
final class HttpSocket implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    record Answer(int status, Map<String, String> headers, String body) {
        @Nullable String header(String name) {
            return headers.get(name);
        }
    }

    HttpSocket(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    HttpSocket(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    Socket socket() {
        return socket;
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    Answer post(String target, String body) throws IOException {
        return post(target, Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    Answer post(String target, Map<String, String> headers, byte[] body) throws IOException {
        return send("POST", target, headers, body);
    }

    Answer send(String method, String target, Map<String, String> headers, byte[] body)
            throws IOException {
        send(head(method, target, headers, body.length));
        send(body);
        return read(method.equals("HEAD"));
    }

    static String head(String method, String target, Map<String, String> headers, long length) {
        var head = new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        head.append("Host: localhost\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (length > 0 || method.equals("POST")) {
            head.append("Content-Length: ").append(length).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    Answer read() throws IOException {
        return read(false);
    }

    /// The next answer.
    Answer read(boolean toHead) throws IOException {
        String statusLine = line();
        if (!statusLine.startsWith("HTTP/1.1 ")) {
            throw new IOException("not a status line: " + statusLine);
        }
        int status = Integer.parseInt(statusLine.substring(9, 12));
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            headers.put(header.substring(0, colon), header.substring(colon + 1).strip());
        }
        boolean bodyless = toHead || status == 204 || status == 304 || status < 200;
        return new Answer(status, headers, bodyless ? "" : body(headers));
    }

    private String body(Map<String, String> headers) throws IOException {
        String length = headers.get("Content-Length");
        if (length != null) {
            return text(in.readNBytes(Integer.parseInt(length)));
        }
        if (!"chunked".equals(headers.get("Transfer-Encoding"))) {
            return text(in.readAllBytes());
        }
        var body = new ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.write(in.readNBytes(size));
            line();
        }
        line();
        return text(body.toByteArray());
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    /// Whether the server has closed the connection, and nothing came before that.
    boolean isClosedByServer() throws IOException {
        return in.read() < 0;
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException(
                        "connection closed after '" + text(line.toByteArray()) + "'");
            }
            line.write(c);
        }
        return text(line.toByteArray()).stripTrailing();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
