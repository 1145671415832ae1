package io.tsdb.loadgen.wire;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One keep-alive HTTP connection for SQL. One thread.
public final class SqlConnection implements AutoCloseable {
    private static final int ERROR_BYTES_MAX = 2000;

    private final Endpoint endpoint;
    private final SqlDialect dialect;
    private final String database;
    private final String token;
    private final Duration timeout;
    private @Nullable SocketChannel channel;
    private @Nullable HttpReader reader;
    private long answerBytes;

    public SqlConnection(
            Endpoint endpoint,
            SqlDialect dialect,
            String database,
            String token,
            Duration timeout) {
        this.endpoint = endpoint;
        this.dialect = dialect;
        this.database = database;
        this.token = token;
        this.timeout = timeout;
    }

    public SqlDialect dialect() {
        return dialect;
    }

    /// Runs a query and hands over its rows.
    ///
    /// @return number of rows
    /// @throws SqlRefusedException when the server answers with an error
    public long query(String sql, RowSink sink) throws IOException {
        HttpReader.Head head = send(dialect.path(database, sql));
        HttpReader open = java.util.Objects.requireNonNull(reader);
        try (InputStream body = open.body(head)) {
            if (head.status() != 200) {
                String text = new String(body.readNBytes(ERROR_BYTES_MAX), StandardCharsets.UTF_8);
                body.transferTo(java.io.OutputStream.nullOutputStream());
                throw new SqlRefusedException(head.status(), text, sql);
            }
            var counted = new CountingStream(body);
            long rows = parse(counted, sql, sink);
            counted.transferTo(java.io.OutputStream.nullOutputStream());
            answerBytes = counted.bytes();
            return rows;
        } catch (JacksonException e) {
            close();
            throw new IOException(
                    "answer is no JSON as expected: " + e.getMessage() + " :: " + sql, e);
        } finally {
            if (head.closes()) {
                close();
            }
        }
    }

    /// Size of the last answer that [#query] read.
    public long answerBytes() {
        return answerBytes;
    }

    /// Runs a query and only counts the bytes of its answer: what a benchmark wants.
    public long bytes(String path) throws IOException {
        HttpReader.Head head = send(path);
        HttpReader open = java.util.Objects.requireNonNull(reader);
        try (InputStream body = open.body(head)) {
            if (head.status() != 200) {
                throw new SqlRefusedException(
                        head.status(),
                        new String(body.readNBytes(ERROR_BYTES_MAX), StandardCharsets.UTF_8),
                        path);
            }
            return body.transferTo(java.io.OutputStream.nullOutputStream());
        } finally {
            if (head.closes() || head.status() != 200) {
                close();
            }
        }
    }

    /// Path and query of a request for SQL.
    public String path(String sql) {
        return dialect.path(database, sql);
    }

    /// The one number that a query answers.
    public long number(String sql) throws IOException {
        long[] result = {0};
        query(
                sql,
                new RowSink() {
                    @Override
                    public void columns(List<String> names) {}

                    @Override
                    public void row(SqlRow row) {
                        result[0] = row.integer(0);
                    }
                });
        return result[0];
    }

    private HttpReader.Head send(String path) throws IOException {
        byte[] request =
                ("GET "
                                + path
                                + " HTTP/1.1\r\nHost: "
                                + endpoint
                                + "\r\n"
                                + (token.isEmpty() ? "" : "Authorization: Token " + token + "\r\n")
                                + "Accept: application/json\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1);
        boolean reused = channel != null;
        while (true) {
            try {
                SocketChannel open = channel == null ? open() : channel;
                ByteBuffer out = ByteBuffer.wrap(request);
                while (out.hasRemaining()) {
                    open.write(out);
                }
                return java.util.Objects.requireNonNull(reader).head();
            } catch (IOException e) {
                close();
                if (!reused) {
                    throw e;
                }
                // A kept connection may have been closed by the server meanwhile; a new one tells.
                reused = false;
            }
        }
    }

    private SocketChannel open() throws IOException {
        SocketChannel open = SocketChannel.open();
        channel = open;
        open.setOption(StandardSocketOptions.TCP_NODELAY, true);
        open.socket().connect(endpoint.address(), (int) timeout.toMillis());
        open.socket().setSoTimeout((int) timeout.toMillis());
        reader = new HttpReader(open.socket().getInputStream());
        return open;
    }

    private long parse(InputStream body, String sql, RowSink sink) throws IOException {
        long rows = 0;
        SqlRow row = new SqlRow(0);
        try (JsonParser parser = JsonMapper.shared().createParser(body)) {
            expect(parser.nextToken(), JsonToken.START_OBJECT, sql);
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("columns")) {
                    List<String> names = columns(parser);
                    row = new SqlRow(names.size());
                    sink.columns(names);
                } else if (name.equals(dialect.rowsKey())) {
                    expect(parser.currentToken(), JsonToken.START_ARRAY, sql);
                    while (parser.nextToken() == JsonToken.START_ARRAY) {
                        fill(parser, row, sql);
                        sink.row(row);
                        rows++;
                    }
                    expect(parser.currentToken(), JsonToken.END_ARRAY, sql);
                } else if (name.equals("error")) {
                    throw new SqlRefusedException(200, parser.readValueAsTree().toString(), sql);
                } else {
                    parser.skipChildren();
                }
            }
            expect(parser.currentToken(), JsonToken.END_OBJECT, sql);
        }
        return rows;
    }

    private static List<String> columns(JsonParser parser) {
        List<String> names = new ArrayList<>();
        int depth = 1;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                depth++;
            } else if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
                depth--;
            } else if (token == JsonToken.PROPERTY_NAME
                    && depth == 2
                    && parser.currentName().equals("name")) {
                parser.nextToken();
                names.add(parser.getString());
            }
        }
        return names;
    }

    private static void fill(JsonParser parser, SqlRow row, String sql) throws IOException {
        int column = 0;
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            if (column == row.columns()) {
                throw new IOException("a row has more cells than there are columns :: " + sql);
            }
            if (token == JsonToken.VALUE_NUMBER_INT) {
                row.set(column, SqlRow.Kind.INTEGER, parser.getLongValue(), 0, "");
            } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                row.set(column, SqlRow.Kind.FLOAT, 0, parser.getDoubleValue(), "");
            } else if (token == JsonToken.VALUE_STRING) {
                row.set(column, SqlRow.Kind.STRING, 0, 0, parser.getString());
            } else if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
                row.set(column, SqlRow.Kind.BOOLEAN, token == JsonToken.VALUE_TRUE ? 1 : 0, 0, "");
            } else if (token == JsonToken.VALUE_NULL) {
                row.set(column, SqlRow.Kind.NULL, 0, 0, "");
            } else {
                throw new IOException(
                        "a cell is neither number, string, boolean nor null :: " + sql);
            }
            column++;
        }
        if (column != row.columns()) {
            throw new IOException(
                    "a row has " + column + " cells, columns are " + row.columns() + " :: " + sql);
        }
    }

    private static void expect(@Nullable JsonToken found, JsonToken wanted, String sql)
            throws IOException {
        if (found != wanted) {
            throw new IOException(
                    "answer is cut off or of another form: "
                            + found
                            + " instead of "
                            + wanted
                            + " :: "
                            + sql);
        }
    }

    @Override
    public void close() {
        SocketChannel open = channel;
        channel = null;
        reader = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
