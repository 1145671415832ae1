package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tsdb.ingest.transport.HttpSocket.Answer;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.schema.Definitions;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/// Types are defined by what was taken, in the order of the log, and by nothing else.
class DefinitionsTest {
    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    /// After each of these a field of the refused request takes another type.
    @Test
    void aRefusedRequestLeavesNoSchemaBehind() throws Exception {
        try (var server = new TestServer()) {
            try (HttpSocket socket = server.connect()) {
                String broken = "pump,id=7 rpm=1500i 1\nbroken\n";
                assertThat(socket.post("/api/v2/write?bucket=db", broken).status()).isEqualTo(400);
                assertThat(
                                socket.post("/api/v3/write_lp?db=db&accept_partial=false", broken)
                                        .status())
                        .isEqualTo(400);
                byte[] zipped = gzip("pump,id=7 rpm=1500i 1\n");
                zipped[zipped.length - 8] ^= 1;
                assertThat(
                                socket.post(
                                                "/write?db=db",
                                                Map.of("Content-Encoding", "gzip"),
                                                zipped)
                                        .status())
                        .isEqualTo(400);
            }
            try (HttpSocket cut = server.connect()) {
                cut.send(
                        "POST /write?db=db HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n"
                                + "pump,id=7 rpm=1500i 1\n");
            }
            assertThat(server.sink.catalog().databases()).isEmpty();
            try (HttpSocket socket = server.connect()) {
                assertThat(socket.post("/write?db=db", "pump,id=7 rpm=1500.5 1").status())
                        .isEqualTo(204);
            }
            assertThat(server.sink.catalog().measurement("db", "pump").orElseThrow().fields())
                    .extractingByKey("rpm")
                    .extracting("type")
                    .isEqualTo(FieldType.FLOAT64);
        }
    }

    /// While a request is on its way to the log, another one defines its field otherwise.
    private static Answer lose(String target, String body) throws Exception {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            server.sink.hold();
            CompletableFuture<Answer> answer =
                    CompletableFuture.supplyAsync(() -> post(socket, target, body));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (server.sink.heldWrites() == 0) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.onSpinWait();
            }
            server.sink.define(
                    Definitions.in("db").field("pump", "rpm", FieldType.FLOAT64).build());
            server.sink.letGo();
            Answer given = answer.get(20, TimeUnit.SECONDS);
            boolean all = given.status() == 400 && target.contains("accept_partial=false");
            assertThat(server.sink.written())
                    .isEqualTo(
                            all
                                    ? java.util.List.of()
                                    : java.util.List.of("pump{id=7} on:bool=true @2"));
            assertThat(server.sink.catalog().measurement("db", "pump").orElseThrow().fields())
                    .doesNotContainKey("state")
                    .hasSize(all ? 1 : 2);
            return given;
        }
    }

    private static Answer post(HttpSocket socket, String target, String body) {
        try {
            return socket.post(target, body);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static final String BODY = "pump,id=7 rpm=1500i,state=1i 1\npump,id=7 on=t 2\n";

    @Test
    void theLoserOfARaceGetsAPartialWriteInV1() throws Exception {
        Answer answer = lose("/write?db=db", BODY);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .contains(
                        "partial write: field type conflict: input field \\\"rpm\\\" on measurement"
                                + " \\\"pump\\\" is type integer, already exists as type float"
                                + " (line 1) dropped=1");
    }

    @Test
    void theLoserOfARaceGetsAPartialWriteInV2() throws Exception {
        Answer answer = lose("/api/v2/write?bucket=db", BODY);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body()).contains("already exists as type float (line 1) dropped=1");
    }

    @Test
    void theLoserOfARaceGetsAPartialWriteInV3() throws Exception {
        Answer answer = lose("/api/v3/write_lp?db=db&precision=nanosecond", BODY);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .contains("partial write of line protocol occurred", "\"line_number\":1");
    }

    @Test
    void nothingOfTheLoserIsWrittenWhenItWantsAllOrNothing() throws Exception {
        Answer answer =
                lose("/api/v3/write_lp?db=db&precision=nanosecond&accept_partial=false", BODY);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("parsing failed for write_lp endpoint");
    }
}
