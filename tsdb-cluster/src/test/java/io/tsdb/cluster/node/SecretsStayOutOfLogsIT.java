package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// Sends a secret wherever a client can put one, right and wrong, and looks for it in the log of a
/// node that logs all it has to say.
class SecretsStayOutOfLogsIT {
    /// The administrator's token, so that requests with it also get in.
    private static final String SECRET = "hunter2-is-my-secret-token";

    private static final String ENCODED =
            Base64.getEncoder().encodeToString(("user:" + SECRET).getBytes(StandardCharsets.UTF_8));
    private static final Map<String, String> ENVIRONMENT =
            Map.of(
                    "TSDB_ADMIN_TOKEN",
                    SECRET,
                    "TSDB_AUTH",
                    "true",
                    "TSDB_LOG_LEVEL",
                    "DEBUG",
                    "JDK_JAVA_OPTIONS", // the node's own, not that of the tests
                    "-Dlogback.configurationFile=logback.xml");

    @TempDir Path directory;

    private TsdbProcess start(String... more) throws IOException {
        var arguments = new java.util.ArrayList<>(List.of("start", "--http=127.0.0.1:0"));
        arguments.addAll(List.of("--line-tcp=127.0.0.1:0", "--disk-reserve=1MiB"));
        arguments.add("--data=" + directory.resolve("data"));
        arguments.addAll(List.of(more));
        return TsdbProcess.run(directory, ENVIRONMENT, arguments.toArray(String[]::new));
    }

    private static void assertNothingOfItIsIn(String log) {
        assertThat(log).contains("HTTP on"); // it is the node's log
        for (String form :
                List.of(
                        SECRET,
                        ENCODED,
                        HexFormat.of().formatHex(SECRET.getBytes(StandardCharsets.UTF_8)),
                        SECRET.replace("-", "%2D"))) {
            assertThat(log).doesNotContainIgnoringCase(form);
        }
    }

    /// Sends bytes and reads until the server closes.
    private static String exchange(int port, String text) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException reset) {
            return "reset: " + reset.getMessage();
        }
    }

    private static String http(int port, String line, String header, String body)
            throws IOException {
        return exchange(
                port,
                line
                        + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + (header.isEmpty() ? "" : header + "\r\n")
                        + "Content-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
    }

    @Test
    void noSecretReachesTheLog() throws Exception {
        try (TsdbProcess node = start()) {
            URI url = URI.create(node.awaitReady());
            inUrls(url.getPort());
            inHeaders(url.getPort());
            inBodies(url.getPort());
            inWhatIsNoRequest(url.getPort());
            overTcp(lineTcpPort(node));
            node.terminate();
            assertNothingOfItIsIn(node.errors());
        }
    }

    private static void inUrls(int port) throws IOException {
        for (String parameters : List.of("p=" + SECRET, "u=x&p=" + SECRET, "u=" + SECRET)) {
            for (String path :
                    List.of(
                            "GET /metrics?",
                            "GET /metrics?%zz&",
                            "GET /nowhere?",
                            "GET //metrics?",
                            "POST /write?db=d&",
                            "POST /write?db=d&precision=x&",
                            "POST /write?db=%zz&",
                            "GET /api/v1/sql?q=SELECT+1&",
                            "GET /api/v1/sql?q=SELEC&",
                            "GET /api/v1/sql?q=%zz&",
                            "DELETE /api/v1/sql?",
                            "GET /query?q=SHOW+DATABASES&")) {
                http(port, path + parameters, "", "");
            }
        }
        http(port, "GET /" + SECRET, "", "");
        http(port, "GET http://u:" + SECRET + "@x/metrics", "", "");
        http(port, "GET /api/v1/sql?q=SELECT+" + SECRET + "&p=" + SECRET, "", "");
    }

    private static void inHeaders(int port) throws IOException {
        for (String header :
                List.of(
                        "Authorization: Token " + SECRET,
                        "Authorization: Bearer " + SECRET,
                        "Authorization: Basic " + ENCODED,
                        "Authorization: " + SECRET,
                        "Authorization: Digest " + SECRET,
                        "Authorization: Basic %" + ENCODED,
                        "X-Request-Id: " + SECRET + "!",
                        "Cookie: " + SECRET,
                        SECRET + " : x",
                        "Content-Encoding: " + SECRET,
                        "Transfer-Encoding: " + SECRET,
                        "Expect: " + SECRET,
                        "Authorization: Token x" + SECRET)) {
            for (String line :
                    List.of(
                            "GET /metrics",
                            "POST /write?db=d",
                            "POST /api/v1/sql",
                            "POST /query")) {
                http(port, line, header, "m f=1");
            }
        }
    }

    private static void inBodies(int port) throws IOException {
        for (String type :
                List.of("application/x-www-form-urlencoded", "application/json", "x/y")) {
            for (String body :
                    List.of(
                            "p=" + SECRET + "&q=SHOW+DATABASES",
                            "q=%zz&p=" + SECRET,
                            "{\"q\":{\"p\":\"" + SECRET + "\"}}",
                            "{\"q\":\"SELECT '" + SECRET + "'\"}",
                            "{\"" + SECRET,
                            "SELECT '" + SECRET + "' FROM",
                            "SELECT \"" + SECRET + "\" FROM m",
                            "CREATE USER u WITH PASSWORD '" + SECRET + "'",
                            "CREATE DATABASE \"/" + SECRET + "\"",
                            "m f=1 " + SECRET + "\n" + SECRET)) {
                for (String path :
                        List.of("/api/v1/sql", "/query", "/write?db=d", "/api/v3/write_lp?db=d")) {
                    String header = "Content-Type: " + type + "\r\nAuthorization: Token ";
                    http(port, "POST " + path, header + SECRET, body);
                    http(port, "POST " + path, header + "none", body);
                }
            }
        }
        http(port, "POST /write?db=d&p=" + SECRET, "Content-Encoding: gzip", SECRET);
    }

    private static void inWhatIsNoRequest(int port) throws IOException {
        for (String text :
                List.of(
                        SECRET + "\r\n\r\n",
                        "GET / HTTP/9." + SECRET + "\r\n\r\n",
                        "GET / HTTP/1.1\r\n" + SECRET + "\r\n\r\n",
                        "GET /" + "x".repeat(40_000) + SECRET + " HTTP/1.1\r\n\r\n",
                        "GET / HTTP/1.1\r\nX: " + "x".repeat(60_000) + SECRET + "\r\n\r\n",
                        "POST /write?db=d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
                                + "Authorization: Token "
                                + SECRET
                                + "\r\n\r\n"
                                + SECRET
                                + "\r\n",
                        "POST /write HTTP/1.1\r\nContent-Length: " + SECRET + "\r\n\r\n",
                        "token " + SECRET + "\nm f=1\n")) {
            exchange(port, text);
        }
    }

    private static void overTcp(int port) throws IOException {
        exchange(port, "token x" + SECRET + "\nm f=1\n");
        exchange(port, SECRET + "\n");
        exchange(port, "Authorization: Token " + SECRET + "\n");
        exchange(port, "token " + SECRET + "\ntoken " + SECRET + "\n" + SECRET + "\n");
    }

    /// What came in clear where TLS is spoken is no TLS record, and libraries print it in hex.
    @Test
    void norWhatIsSentInClearToATlsPort() throws Exception {
        try (TsdbProcess node = start(TestCertificate.write(directory))) {
            URI url = URI.create(node.awaitReady());
            assertThat(url.getScheme()).isEqualTo("https");
            http(url.getPort(), "GET /metrics?p=" + SECRET, "Authorization: Token " + SECRET, "");
            exchange(lineTcpPort(node), "token " + SECRET + "\nm f=1 1\n");
            node.terminate();
            assertNothingOfItIsIn(node.errors());
            assertThat(node.errors()).contains("NotSslRecordException");
        }
    }

    /// 79 MB came of 22,000 such requests once.
    @Test
    void repeatsDoNotFillTheLog() throws Exception {
        try (TsdbProcess node = start("--admin-token=another-secret-token")) {
            node.awaitReady();
            int port = lineTcpPort(node);
            for (int i = 0; i < 2_000; i++) {
                exchange(port, "token wrong\n");
            }
            node.terminate();
            assertThat(node.errors()).contains("more within a second were left out of");
            assertThat(node.errors()).hasSizeLessThan(64 << 10);
        }
    }

    /// The port in the node's log.
    private static int lineTcpPort(TsdbProcess node) {
        String log = node.errors();
        int at = log.indexOf("line protocol over");
        int from = log.indexOf(':', at) + 1;
        return Integer.parseInt(log.substring(from, log.indexOf(',', from)).strip());
    }
}
