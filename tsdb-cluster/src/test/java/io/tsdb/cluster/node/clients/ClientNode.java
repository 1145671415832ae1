package io.tsdb.cluster.node.clients;

import io.tsdb.cluster.node.TemporaryFolder;
import io.tsdb.cluster.node.TsdbProcess;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A node as a process, and its rows over HTTP.
final class ClientNode implements AutoCloseable {
    /// Good on a node that was started with authentication.
    static final String TOKEN = "client-test-token-0123456789";

    private static final long SECONDS_MAX = 120;
    private static final long PAUSE_NANOS = 20_000_000;

    private final TemporaryFolder folder = TemporaryFolder.create("tsdb-clients-");
    private final TsdbProcess process;
    private final String url;
    private final int lineTcpPort;
    private final HttpClient http = HttpClient.newHttpClient();

    private ClientNode(String... more) throws IOException, InterruptedException {
        this.lineTcpPort = freePort();
        var arguments = new ArrayList<>(List.of(more));
        arguments.add("--line-tcp=127.0.0.1:" + lineTcpPort);
        this.process =
                TsdbProcess.start(folder.path().resolve("data"), arguments.toArray(String[]::new));
        this.url = process.awaitReady();
    }

    static ClientNode open() throws IOException, InterruptedException {
        return new ClientNode();
    }

    /// The node says only in its log which port it took, so it is told one.
    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// With authentication: every request needs [#TOKEN].
    static ClientNode withAuthentication() throws IOException, InterruptedException {
        return new ClientNode("--auth=true", "--admin-token=" + TOKEN);
    }

    String url() {
        return url;
    }

    String hostAndPort() {
        return url.substring("http://".length());
    }

    /// Host and port of line TCP.
    String lineTcp() {
        return "127.0.0.1:" + lineTcpPort;
    }

    /// Rows of a statement: values as text separated by blanks, times in nanoseconds, `-` for
    /// absent values.
    List<String> rows(String database, String sql) throws IOException, InterruptedException {
        HttpResponse<String> response = get(database, sql);
        if (response.statusCode() != 200) {
            throw new IOException(response.statusCode() + ": " + response.body());
        }
        var rows = new ArrayList<String>();
        for (JsonNode row : JsonMapper.shared().readTree(response.body()).get("rows")) {
            var text = new ArrayList<String>();
            row.forEach(value -> text.add(value.isNull() ? "-" : value.asString()));
            rows.add(String.join(" ", text));
        }
        return rows;
    }

    /// Waits until a statement gives a row; for clients that write in the background.
    void awaitRow(String database, String sql, String row)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        @Nullable HttpResponse<String> last = null;
        while (System.nanoTime() < deadline) {
            last = get(database, sql); // an error before the first write: no such measurement
            if (last.statusCode() == 200 && rows(database, sql).contains(row)) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new AssertionError(
                "not within "
                        + SECONDS_MAX
                        + " s: "
                        + row
                        + " from "
                        + sql
                        + "; last: "
                        + (last == null ? "" : last.body()));
    }

    private HttpResponse<String> get(String database, String sql)
            throws IOException, InterruptedException {
        String query = "?db=" + encoded(database) + "&epoch=ns&q=" + encoded(sql);
        var request =
                HttpRequest.newBuilder(URI.create(url + "/api/v1/sql" + query))
                        .header("Authorization", "Bearer " + TOKEN)
                        .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.close();
        process.close();
        folder.close();
    }
}
