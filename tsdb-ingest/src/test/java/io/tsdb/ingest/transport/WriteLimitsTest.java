package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.transport.HttpSocket.Answer;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.schema.SchemaLimits;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/// Content codings over the wire, and what happens at each limit of the write endpoints.
class WriteLimitsTest {
    private static final String WRITE = "/write?db=d";
    private static final Map<String, String> GZIP = Map.of("Content-Encoding", "gzip");

    @Test
    void takesGzipWithSeveralMembers() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            byte[] body =
                    BodyCodingTest.concat(
                            BodyCodingTest.gzip("m f=1 1\nm f=2".getBytes(UTF_8)),
                            BodyCodingTest.gzip(" 2\n".getBytes(UTF_8)));
            assertThat(socket.post(WRITE, GZIP, body).status()).isEqualTo(204);
            assertThat(server.sink.written())
                    .containsExactly("m{} f:float64=1.0 @1", "m{} f:float64=2.0 @2");
        }
    }

    @Test
    void takesDeflateAndIdentity() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            var deflated = new ByteArrayOutputStream();
            try (var out = new DeflaterOutputStream(deflated)) {
                out.write("m f=1 1".getBytes(UTF_8));
            }
            assertThat(
                            socket.post(
                                            WRITE,
                                            Map.of("Content-Encoding", "deflate"),
                                            deflated.toByteArray())
                                    .status())
                    .isEqualTo(204);
            assertThat(
                            socket.post(
                                            WRITE,
                                            Map.of("Content-Encoding", "identity"),
                                            "m f=2 2".getBytes(UTF_8))
                                    .status())
                    .isEqualTo(204);
            assertThat(server.sink.written()).hasSize(2);
        }
    }

    @Test
    void writesALargeGzipBodyWhole() throws IOException {
        var lines = new StringBuilder();
        for (int i = 0; i < 40_000; i++) {
            lines.append("cpu,host=h").append(i % 100).append(" usage=").append(i).append(' ');
            lines.append(i).append('\n');
        }
        byte[] body = BodyCodingTest.gzip(lines.toString().getBytes(UTF_8));
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            assertThat(socket.post(WRITE, GZIP, body).status()).isEqualTo(204);
            assertThat(server.sink.written()).hasSize(40_000);
            assertThat(server.counters.linesWritten.sum()).isEqualTo(40_000);
            assertThat(server.waiting.reserved()).isZero();
        }
    }

    @Test
    void refusesUnknownCodingsWith415() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            for (String coding : List.of("br", "zstd", "gzip, gzip")) {
                Answer answer =
                        socket.post(
                                WRITE, Map.of("Content-Encoding", coding), "m f=1".getBytes(UTF_8));
                assertThat(answer.status()).isEqualTo(415);
                assertThat(answer.body()).contains("use gzip, deflate or identity");
            }
        }
    }

    @Test
    void refusesDamagedGzipWith400AndWritesNothing() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            byte[] body = BodyCodingTest.gzip("m f=1 1\n".repeat(100).getBytes(UTF_8));
            byte[] cut = Arrays.copyOf(body, body.length - 3);
            assertThat(socket.post(WRITE, GZIP, cut).body()).contains("ends early");
            assertThat(socket.post(WRITE, GZIP, "m f=1 1".getBytes(UTF_8)).status()).isEqualTo(400);
            assertThat(server.sink.writes()).isZero();
            assertThat(server.waiting.reserved()).isZero();
            assertThat(socket.post(WRITE, GZIP, body).status()).isEqualTo(204);
        }
    }

    @Test
    void refusesADeclaredBodyBeyondTheRawLimitBeforeItComes() throws IOException {
        try (var server = serverWithLimits(1000, 1000);
                HttpSocket socket = server.connect()) {
            socket.send(HttpSocket.head("POST", WRITE, Map.of("Expect", "100-continue"), 1001));
            assertThat(socket.read().status()).isEqualTo(413);
        }
    }

    @Test
    void takesABodyOfExactlyTheRawLimit() throws IOException {
        try (var server = serverWithLimits(1000, 1000)) {
            String body = "m f=1 1" + "\n".repeat(993);
            assertThat(server.post(WRITE, body).status()).isEqualTo(204);
            assertThat(server.post(WRITE, body + "\n").status()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {WRITE, "/api/v2/write?bucket=d", "/api/v3/write_lp?db=d"})
    void refusesAChunkedBodyBeyondTheRawLimitAndKeepsTheConnection(String target)
            throws IOException {
        try (var server = serverWithLimits(1000, 1000);
                HttpSocket socket = server.connect()) {
            String chunk = "7d0\r\n" + "m f=1 1\n".repeat(250) + "\r\n";
            socket.send(
                    "POST "
                            + target
                            + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + chunk
                            + chunk
                            + "0\r\n\r\n");
            Answer answer = socket.read();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).contains("limited to 1000 bytes");
            assertThat(server.sink.writes()).isZero();
            assertThat(socket.post(target, "m f=1 1").status()).isEqualTo(204);
            assertThat(server.waiting.reserved()).isZero();
        }
    }

    @Test
    void stopsInflatingABombAtTheLimit() throws IOException {
        byte[] bomb = bomb(50L << 20);
        try (var server = serverWithLimits(64L << 20, 1 << 20)) {
            for (int i = 0; i < 5; i++) {
                try (HttpSocket socket = server.connect()) {
                    Answer answer = socket.post(WRITE, GZIP, bomb);
                    assertThat(answer.status()).isEqualTo(413);
                    assertThat(answer.body()).contains("inflated body is limited to 1048576");
                }
            }
            assertThat(server.sink.writes()).isZero();
            assertThat(server.waiting.reserved()).isZero();
        }
    }

    @Test
    void answers503WhenTooManyPointsWaitAndRecovers() throws IOException {
        var options = new TestServer.Options();
        options.write = TestServer.writeConfig(1 << 20, 1 << 20);
        options.waitingBytesMax = 4 << 20;
        String body = lines(4000); // about 92 kB, and 80 kB of points
        try (var server = new TestServer(options)) {
            server.sink.hold();
            var waiting = new ArrayList<HttpSocket>();
            var refused = new ArrayList<Answer>();
            while (refused.isEmpty() && waiting.size() < 100) {
                HttpSocket socket = server.connect();
                long refusedBefore = server.counters.writesOverloaded.sum();
                int heldBefore = server.sink.heldWrites();
                socket.send(HttpSocket.head("POST", WRITE, Map.of(), body.length()) + body);
                TestServer.await(
                        "held or refused",
                        () ->
                                server.sink.heldWrites() > heldBefore
                                        || server.counters.writesOverloaded.sum() > refusedBefore);
                if (server.counters.writesOverloaded.sum() > refusedBefore) {
                    refused.add(socket.read());
                    socket.close();
                } else {
                    waiting.add(socket);
                }
            }
            assertThat(waiting).hasSizeGreaterThan(10);
            assertThat(refused).hasSize(1);
            assertThat(refused.getFirst().status()).isEqualTo(503);
            assertThat(refused.getFirst().header("Retry-After")).isEqualTo("1");
            assertThat(server.waiting.reserved()).isLessThanOrEqualTo(4 << 20);
            server.sink.letGo();
            for (HttpSocket socket : waiting) {
                assertThat(socket.read().status()).isEqualTo(204);
                socket.close();
            }
            assertThat(server.post(WRITE, body).status()).isEqualTo(204);
            assertThat(server.waiting.reserved()).isZero();
        }
    }

    @Test
    void refusesLinesThatWouldTakeMemoryOutOfProportion() throws IOException {
        var sparse = new StringBuilder();
        int fields = SchemaLimits.DEFAULT.fields(); // one more would be refused by its line alone
        for (int i = 0; i < 100_000; i++) {
            sparse.append("m f").append(i % fields).append("=1 1\n"); // columns of 100,000 rows
        }
        var wide = new StringBuilder("m f=1 1\n".repeat(200_000));
        String separator = " ";
        wide.append('m');
        for (int i = 0; i < 4000; i++) {
            wide.append(separator).append('g').append(i).append("=1");
            separator = ",";
        }
        var options = new TestServer.Options();
        options.waitingBytesMax = 1 << 30;
        try (var server = new TestServer(options)) {
            for (String body : List.of(sparse.toString(), wide.toString(), wide + "\n")) {
                Answer answer = server.post(WRITE, body);
                assertThat(answer.status()).isEqualTo(413);
                assertThat(answer.body()).contains("send fewer lines per request");
                assertThat(server.waiting.reserved()).isZero();
                assertThat(server.post(WRITE, "m f=1 1").status()).isEqualTo(204);
            }
        }
    }

    @Test
    void refusesSettingsUnderWhichALargeRequestCouldNeverBeWritten() {
        var options = new TestServer.Options();
        options.waitingBytesMax = 1 << 20;
        assertThatThrownBy(() -> new TestServer(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the limit is 1048576");
        options.loops.close();
    }

    @Test
    void refusesALongLineAndTakesTheOthers() throws IOException {
        var options = new TestServer.Options();
        options.write =
                new WriteConfig(
                        1 << 20,
                        1 << 20,
                        new DecodeLimits(200, 10, 10, 10, 1 << 20),
                        Optional.empty());
        try (var server = new TestServer(options)) {
            String longLine = "m,t=" + "v".repeat(300) + " f=1 1\n";
            Answer answer = server.post(WRITE, "m f=1 1\n" + longLine + "m f=3 3\n");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("line 2");
            assertThat(server.sink.written()).hasSize(2);
        }
    }

    @Test
    void asksTheAuthorizerBeforeTellingWhetherADatabaseExists() throws IOException {
        var options = new TestServer.Options();
        options.access =
                (token, _, database) ->
                        token.isEmpty()
                                ? Access.Decision.UNAUTHENTICATED
                                : database.equals("mine")
                                        ? Access.Decision.ALLOWED
                                        : Access.Decision.FORBIDDEN;
        try (var server = new TestServer(options);
                HttpSocket socket = server.connect()) {
            server.sink.onlyDatabases("mine");
            Answer stranger = socket.post("/write?db=other", "m f=1");
            assertThat(stranger.status()).isEqualTo(401);
            assertThat(stranger.header("WWW-Authenticate")).isEqualTo("Basic realm=\"InfluxDB\"");
            assertThat(socket.post("/api/v2/write?bucket=other", "m f=1").body())
                    .isEqualTo("{\"code\":\"unauthorized\",\"message\":\"unauthorized access\"}");
            assertThat(socket.post("/api/v3/write_lp?db=other", "m f=1").status()).isEqualTo(401);
            Map<String, String> token = Map.of("Authorization", "Token t");
            assertThat(socket.post("/write?db=other", token, "m f=1".getBytes(UTF_8)).status())
                    .isEqualTo(403);
            assertThat(socket.post("/write?db=mine", token, "m f=1".getBytes(UTF_8)).status())
                    .isEqualTo(204);
            assertThat(socket.post("/write?db=mine&u=me&p=x", "m f=1").status()).isEqualTo(204);
        }
    }

    @Test
    void questDbClientsMayNameNoDatabaseAndReadErrorsOfTheirOwnShape() throws IOException {
        var options = new TestServer.Options();
        options.write =
                new WriteConfig(
                        1 << 20,
                        1 << 20,
                        WriteConfig.DEFAULT.decodeLimits(),
                        Optional.of("default"));
        try (var server = new TestServer(options);
                HttpSocket socket = server.connect()) {
            Map<String, String> questDb = Map.of("User-Agent", "QuestDB/java/9.3.4");
            assertThat(
                            socket.post("/write?precision=n", questDb, "m f=1 1".getBytes(UTF_8))
                                    .status())
                    .isEqualTo(204);
            assertThat(socket.post("/write?precision=n", "m f=1 1").status()).isEqualTo(204);
            Answer refused = socket.post("/write", questDb, "m f=t 2\nm f=3 3".getBytes(UTF_8));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.header("Transfer-Encoding")).isEqualTo("chunked");
            assertThat(refused.body())
                    .startsWith("{\"code\":\"invalid\",\"message\":\"field type conflict: ")
                    .endsWith(",\"line\":1}");
            assertThat(server.sink.written()).hasSize(3);
        }
    }

    /// Four bodies that stop short of their end hold what they hold, and others write all the same.
    @Test
    void slowSendersStopNoOrdinaryWriter() throws IOException {
        var options = new TestServer.Options();
        options.write = TestServer.writeConfig(4 << 20, 4 << 20);
        options.waitingBytesMax = 17 << 20;
        byte[] most = lines(170_000).getBytes(UTF_8);
        assertThat(most).hasSizeBetween(3 << 20, 4 << 20);
        try (var server = new TestServer(options)) {
            var slow = new ArrayList<HttpSocket>();
            for (int i = 0; i < 4; i++) {
                HttpSocket socket = server.connect();
                socket.send(HttpSocket.head("POST", WRITE, Map.of(), most.length + 1000));
                socket.send(new String(most, UTF_8));
                slow.add(socket);
            }
            TestServer.await(
                    "the second is refused",
                    () ->
                            server.counters.writesOverloaded.sum() > 0
                                    && server.waiting.reserved() > 6 << 20);
            for (int i = 0; i < 100; i++) {
                assertThat(server.post(WRITE, "m f=" + i + " 1").status()).isEqualTo(204);
            }
            for (HttpSocket socket : slow) {
                socket.close();
            }
            TestServer.await("given back", () -> server.waiting.reserved() == 0);
        }
    }

    private static TestServer serverWithLimits(long rawBytesMax, long inflatedBytesMax)
            throws IOException {
        var options = new TestServer.Options();
        options.write = TestServer.writeConfig(rawBytesMax, inflatedBytesMax);
        return new TestServer(options);
    }

    private static String lines(int count) {
        var lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append("m,host=a f=1.5 ").append(1_000_000 + i).append('\n');
        }
        return lines.toString();
    }

    /// Gzip of so many newlines; small.
    private static byte[] bomb(long inflatedBytes) throws IOException {
        var out = new ByteArrayOutputStream();
        byte[] piece = "\n".repeat(1 << 20).getBytes(US_ASCII);
        try (var gzip = new GZIPOutputStream(out)) {
            for (long at = 0; at < inflatedBytes; at += piece.length) {
                gzip.write(piece);
            }
        }
        return out.toByteArray();
    }
}
