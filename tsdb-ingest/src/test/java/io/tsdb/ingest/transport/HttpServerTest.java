package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import io.tsdb.ingest.transport.HttpSocket.Answer;
import io.tsdb.storage.net.EventLoops;
import io.tsdb.storage.net.HeadRoom;
import io.tsdb.storage.net.HttpAnswers;
import io.tsdb.storage.net.HttpRoute;
import io.tsdb.storage.net.HttpServer;
import io.tsdb.storage.net.HttpServerConfig;
import io.tsdb.storage.net.TlsHandshakes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What holds for every request, whatever its endpoint.
class HttpServerTest {
    private static final String WRITE = "/write?db=d";

    @Test
    void keepsAConnectionForManyRequests() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            for (int i = 0; i < 20; i++) {
                assertThat(socket.post(WRITE, "m f=1 " + i).status()).isEqualTo(204);
                assertThat(socket.send("GET", "/ping", Map.of(), new byte[0]).status())
                        .isEqualTo(204);
            }
            assertThat(server.sink.written()).hasSize(20);
            assertThat(server.connections.accepted.sum()).isEqualTo(1);
        }
    }

    /// Thousands in one read kept the event loop from all others.
    @Test
    void endsAConnectionThatSendsTooManyRequestsAtOnce() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            // one segment of the loopback interface, so one read
            socket.send(HttpSocket.head("GET", "/nothing", Map.of(), 0).repeat(500));
            for (int i = 1; i < HttpServer.PIPELINED_MAX; i++) {
                assertThat(socket.read().header("connection")).as("answer " + i).isNull();
            }
            assertThat(socket.read().header("connection")).isEqualTo("close");
            assertThat(socket.isClosedByServer()).isTrue();
        }
    }

    /// Writes are answered by another thread, after the read that they came in has ended.
    @Test
    void endsAConnectionThatSendsTooManyWritesAtOnce() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            String body = "m f=1 1";
            String write = HttpSocket.head("POST", WRITE, Map.of(), body.length()) + body;
            socket.send(write.repeat(300)); // one read
            for (int i = 1; i <= HttpServer.PIPELINED_MAX; i++) {
                boolean last = i == HttpServer.PIPELINED_MAX;
                assertThat(socket.read().header("connection")).isEqualTo(last ? "close" : null);
            }
            assertThat(socket.isClosedByServer()).isTrue();
            assertThat(server.sink.writes()).isEqualTo(HttpServer.PIPELINED_MAX);
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            var all = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                String body = i % 3 == 0 ? "bad" + i : "m f=1 " + i;
                all.append(HttpSocket.head("POST", WRITE, Map.of(), body.length())).append(body);
                all.append(HttpSocket.head("GET", "/nothing" + i, Map.of(), 0));
            }
            server.sink.hold();
            socket.send(all.toString());
            TestServer.await("second request held", () -> server.sink.heldWrites() == 1);
            server.sink.letGo();
            for (int i = 0; i < 50; i++) {
                Answer write = socket.read();
                assertThat(write.status()).isEqualTo(i % 3 == 0 ? 400 : 204);
                if (i % 3 == 0) {
                    assertThat(write.body()).contains("'bad" + i + "'");
                }
                assertThat(socket.read().body()).contains("/nothing" + i);
            }
            assertThat(server.sink.written()).element(0).isEqualTo("m{} f:float64=1.0 @1");
        }
    }

    @Test
    void doesNotLetASecondRequestInBeforeTheFirstIsAnswered() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            server.sink.hold();
            String request = HttpSocket.head("POST", WRITE, Map.of(), 5) + "m f=1";
            socket.send(request + request);
            TestServer.await("first write", () -> server.sink.heldWrites() == 1);
            assertThat(server.connections.httpRequests.sum()).isEqualTo(1);
            server.sink.letGo();
            assertThat(socket.read().status()).isEqualTo(204);
            assertThat(socket.read().status()).isEqualTo(204);
        }
    }

    @Test
    void takesABodyCutAnywhere() throws IOException {
        String body = "m,t=a f=1 10\nm,t=\\ b f=2i 20 ";
        byte[] request =
                (HttpSocket.head("POST", WRITE, Map.of(), body.length()) + body)
                        .getBytes(StandardCharsets.UTF_8);
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            for (int cut = 1; cut < request.length; cut++) {
                socket.send(Arrays.copyOfRange(request, 0, cut));
                socket.send(Arrays.copyOfRange(request, cut, request.length));
                assertThat(socket.read().status()).isEqualTo(400); // f is a float
            }
            assertThat(server.sink.written())
                    .hasSize(request.length - 1)
                    .containsOnly("m{t=a} f:float64=1.0 @10");
        }
    }

    @Test
    void takesChunkedBodiesWithChunksOfAnySize() throws IOException {
        String body = "m,t=a f=1 10\nm,t=b f=2 20\nm,t=c f=3 30\n";
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            for (int size = 1; size <= body.length(); size++) {
                var request =
                        new StringBuilder("POST " + WRITE + " HTTP/1.1\r\nHost: x\r\n")
                                .append("Transfer-Encoding: chunked\r\n\r\n");
                for (int from = 0; from < body.length(); from += size) {
                    int to = Math.min(body.length(), from + size);
                    request.append(Integer.toHexString(to - from)).append("\r\n");
                    request.append(body, from, to).append("\r\n");
                }
                socket.send(request.append("0\r\n\r\n").toString());
                assertThat(socket.read().status()).isEqualTo(204);
            }
            assertThat(server.sink.written()).hasSize(3 * body.length());
        }
    }

    @Test
    void sends100WhenTheClientWaitsForIt() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            socket.send(HttpSocket.head("POST", WRITE, Map.of("Expect", "100-continue"), 7));
            assertThat(socket.read().status()).isEqualTo(100);
            socket.send("m f=1 1");
            assertThat(socket.read().status()).isEqualTo(204);
            assertThat(socket.post(WRITE, "m f=1 2").status()).isEqualTo(204);
        }
    }

    @Test
    void refusesBeforeTheBodyWhenTheClientWaits() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            socket.send(HttpSocket.head("POST", "/write", Map.of("Expect", "100-continue"), 7));
            Answer answer = socket.read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(socket.isClosedByServer()).isTrue();
        }
    }

    @Test
    void throwsTheRestOfARefusedBodyAwayAndKeepsTheConnection() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            socket.send(HttpSocket.head("POST", "/write", Map.of(), 500_000));
            assertThat(socket.read().body()).contains("database is required");
            socket.send(new byte[500_000]);
            assertThat(socket.post(WRITE, "m f=1 1").status()).isEqualTo(204);
        }
    }

    @Test
    void closesAfterAnEarlyAnswerToALongBodyYetTheClientReadsTheAnswer() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            socket.send(HttpSocket.head("POST", "/write", Map.of(), 20_000_000));
            for (int i = 0; i < 20; i++) {
                socket.send(new byte[1_000_000]); // a client that reads only when all is sent
            }
            Answer answer = socket.read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(socket.isClosedByServer()).isTrue();
        }
    }

    @Test
    void answersHeadLikeGetWithoutTheBody() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            Answer get = socket.send("GET", "/health", Map.of(), new byte[0]);
            Answer head = socket.send("HEAD", "/health", Map.of(), new byte[0]);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Length")).isEqualTo(get.header("Content-Length"));
            assertThat(socket.send("HEAD", "/ping", Map.of(), new byte[0]).status()).isEqualTo(204);
            assertThat(socket.send("GET", "/ping", Map.of(), new byte[0]).status()).isEqualTo(204);
        }
    }

    @Test
    void answersUnknownPathsWith404AndJson() throws IOException {
        try (var server = new TestServer()) {
            Answer answer = server.get("/no/such?x=1");
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.header("Content-Type")).startsWith("application/json");
            assertThat(answer.body()).isEqualTo("{\"error\":\"no such path: /no/such\"}");
            assertThat(server.post("/writes?db=d", "m f=1").status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//write?db=d",
                "/api//v2/write",
                "/x/../write?db=d",
                "/x/./write",
                "/%2e%2e/write",
                "/api%2Fv2/write",
                "/..",
                "/a\\b",
                "write"
            })
    void refusesPathsWithASecondSpelling(String target) throws IOException {
        try (var server = new TestServer()) {
            Answer answer = server.post(target, "m f=1 1");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("not canonical");
            assertThat(server.sink.writes()).isZero();
        }
    }

    @Test
    void takesATargetWithSchemeAndHost() throws IOException {
        try (var server = new TestServer()) {
            assertThat(server.post("http://some.host:1" + WRITE, "m f=1 1").status())
                    .isEqualTo(204);
        }
    }

    @ParameterizedTest
    @CsvSource({"414, 20000, 1", "431, 10, 40000"})
    void limitsTheHead(int status, int uriBytes, int headerBytes) throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            socket.send("GET /" + "u".repeat(uriBytes) + " HTTP/1.1\r\n");
            socket.send("X: " + "h".repeat(headerBytes) + "\r\n\r\n");
            assertThat(socket.read().status()).isEqualTo(status);
            assertThat(socket.isClosedByServer()).isTrue();
        }
    }

    @Test
    void takesAHundredHeaders() throws IOException {
        try (var server = new TestServer()) {
            for (int count : new int[] {100, 101}) {
                try (HttpSocket socket = server.connect()) {
                    socket.send("GET /ping HTTP/1.1\r\n" + "X: 1\r\n".repeat(count) + "\r\n");
                    assertThat(socket.read().status()).isEqualTo(count == 100 ? 204 : 431);
                }
            }
        }
    }

    @Test
    void ofTooManyUnfinishedHeadsTheFirstIsCutOff() throws IOException {
        var room = new HeadRoom(3 * HeadRoom.UNFINISHED_BYTES);
        var options = new TestServer.Options();
        options.loops = EventLoops.create(2, TlsHandshakes.create(1), room);
        try (var server = new TestServer(options)) {
            List<HttpSocket> strangers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                strangers.add(server.connect());
                strangers.getLast().send("GET /ping HTTP/1.1\r\nX: 1\r\n");
                long held = Math.min(i + 1L, 3) * HeadRoom.UNFINISHED_BYTES;
                TestServer.await("it", () -> room.bytes() == held);
                if (i > 2) {
                    assertThat(strangers.get(i - 3).isClosedByServer()).isTrue();
                }
            }
            try (HttpSocket socket = server.connect()) {
                assertThat(socket.post(WRITE, "m f=1 1").status()).isEqualTo(204);
            }
            strangers.get(2).send("\r\n"); // one that gets on holds nothing any more
            assertThat(strangers.get(2).read().status()).isEqualTo(204);
            TestServer.await("two", () -> room.bytes() == 2 * HeadRoom.UNFINISHED_BYTES);
            for (HttpSocket stranger : strangers) {
                stranger.close();
            }
            TestServer.await("all ended", () -> room.bytes() == 0);
        }
    }

    @Test
    void whoHoldsTooManyWaitingRequestsIsCutOff() throws IOException {
        var room = new HeadRoom(HeadRoom.UNFINISHED_BYTES);
        var options = new TestServer.Options();
        options.loops = EventLoops.create(2, TlsHandshakes.create(1), room);
        try (var server = new TestServer(options);
                HttpSocket socket = server.connect()) {
            server.sink.hold();
            socket.send(HttpSocket.head("POST", WRITE, Map.of(), 5) + "m f=1");
            TestServer.await("first write", () -> server.sink.heldWrites() == 1);
            socket.send("GET /ping HTTP/1.1\r\n\r\n".repeat(400));
            assertThat(socket.isClosedByServer()).isTrue();
            server.sink.letGo();
            TestServer.await("nothing held", () -> room.bytes() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "POST /write?db=d HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "POST /write?db=d HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                "POST /write?db=d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nm f=1",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\n\n"
            })
    void refusesMalformedRequestsAndCloses(String request) throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            socket.send(request);
            assertThat(socket.read().status()).isEqualTo(400);
            assertThat(socket.isClosedByServer()).isTrue();
            assertThat(server.sink.writes()).isZero();
            assertThat(server.waiting.reserved()).isZero();
        }
    }

    @Test
    void closesAfterConnectionCloseAndAfterHttp10() throws IOException {
        try (var server = new TestServer()) {
            try (HttpSocket socket = server.connect()) {
                Answer answer =
                        socket.send("GET", "/ping", Map.of("Connection", "close"), new byte[0]);
                assertThat(answer.header("Connection")).isEqualTo("close");
                assertThat(socket.isClosedByServer()).isTrue();
            }
            try (HttpSocket socket = server.connect()) {
                socket.send("GET /health HTTP/1.0\r\n\r\n");
                assertThat(socket.read().status()).isEqualTo(200);
                assertThat(socket.isClosedByServer()).isTrue();
            }
        }
    }

    @Test
    void answersAClientThatEndedItsSide() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            server.sink.hold();
            socket.send(HttpSocket.head("POST", WRITE, Map.of(), 7) + "m f=1 1");
            socket.socket().shutdownOutput();
            TestServer.await("write", () -> server.sink.heldWrites() == 1);
            server.sink.letGo();
            assertThat(socket.read().status()).isEqualTo(204);
            assertThat(socket.isClosedByServer()).isTrue();
        }
    }

    @Test
    void writesNothingOfARequestThatBreaksOff() throws IOException {
        try (var server = new TestServer()) {
            try (HttpSocket socket = server.connect()) {
                socket.send(HttpSocket.head("POST", WRITE, Map.of(), 1000) + "m f=1 1\n");
                TestServer.await("part", () -> server.waiting.reserved() > 0);
            }
            TestServer.await("given back", () -> server.waiting.reserved() == 0);
            assertThat(server.sink.writes()).isZero();
        }
    }

    @Test
    void echoesAHarmlessRequestIdAndMakesOneOtherwise() throws IOException {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            Answer own = socket.send("GET", "/ping", Map.of("X-Request-Id", "abc-1"), new byte[0]);
            assertThat(own.header("Request-Id")).isEqualTo("abc-1");
            Answer odd = socket.send("GET", "/ping", Map.of("X-Request-Id", "a<b>"), new byte[0]);
            assertThat(odd.header("Request-Id")).isNotEqualTo("a<b>").isNotEmpty();
        }
    }

    /// The client has ended its side when the answers come; the last of them comes before the end
    /// of its request is looked at.
    @Test
    void endsAHalfClosedConnectionWhenWhatWaitedIsAnswered() throws Exception {
        String get = HttpSocket.head("GET", "/ping", Map.of(), 0);
        assertEndsBehindTheEnd(get + get, 2);
    }

    @Test
    void endsAHalfClosedConnectionWhenWhatWaitedLacksItsEnd() throws Exception {
        String half = HttpSocket.head("POST", WRITE, Map.of(), 70) + "m f=1 2";
        assertEndsBehindTheEnd(half, 0);
    }

    /// Sends a write that is held, more behind it, and the end; the rest is answered so often, and
    /// the server closes.
    private static void assertEndsBehindTheEnd(String more, int answers) throws Exception {
        var ended = new CountDownLatch(1);
        var options = new TestServer.Options();
        options.extraRoutes =
                List.of(HttpRoute.of(Set.of("/listen"), () -> new EndListener(ended)));
        try (var server = new TestServer(options);
                HttpSocket socket = server.connect()) {
            socket.send(HttpSocket.head("GET", "/listen", Map.of(), 0));
            assertThat(socket.read().status()).isEqualTo(204);
            server.sink.hold();
            socket.send(HttpSocket.head("POST", WRITE, Map.of(), 7) + "m f=1 1" + more);
            TestServer.await("write", () -> server.sink.heldWrites() == 1);
            socket.socket().shutdownOutput();
            if (options.loops.transportName().equals("epoll")) { // others see it at the next read
                assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            }
            server.sink.letGo();
            for (int i = 0; i <= answers; i++) {
                assertThat(socket.read().status()).isEqualTo(204);
            }
            assertThat(socket.isClosedByServer()).isTrue();
        }
    }

    private static final class EndListener extends ChannelInboundHandlerAdapter {
        private final CountDownLatch ended;

        EndListener(CountDownLatch ended) {
            this.ended = ended;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest) {
                ctx.writeAndFlush(HttpAnswers.empty(HttpResponseStatus.NO_CONTENT));
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ended.countDown();
            }
        }
    }

    @Test
    void answers500WhenAHandlerThrows() throws IOException {
        var options = new TestServer.Options();
        options.extraRoutes = List.of(HttpRoute.of(Set.of("/throw"), ThrowingHandler::new));
        try (var server = new TestServer(options);
                HttpSocket socket = server.connect()) {
            Answer answer = socket.send("GET", "/throw", Map.of(), new byte[0]);
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).doesNotContain("secret");
            assertThat(socket.isClosedByServer()).isTrue();
        }
    }

    private static final class ThrowingHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            if (message instanceof HttpRequest) {
                throw new IllegalStateException("secret");
            }
        }
    }

    @Test
    void refusesConnectionsBeyondTheLimitAndTakesThemAgain() throws IOException {
        var options = new TestServer.Options();
        options.http = config -> config.withConnectionsMax(2);
        try (var server = new TestServer(options);
                HttpSocket first = server.connect();
                HttpSocket second = server.connect()) {
            assertThat(first.post(WRITE, "m f=1 1").status()).isEqualTo(204);
            assertThat(second.post(WRITE, "m f=1 2").status()).isEqualTo(204);
            try (HttpSocket third = server.connect()) {
                third.send(HttpSocket.head("POST", WRITE, Map.of(), 5) + "m f=1");
                Answer answer = third.read();
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("Retry-After")).isEqualTo("5");
                assertThat(answer.body()).isEqualTo("{\"error\":\"too many connections\"}");
                assertThat(third.isClosedByServer()).isTrue();
            }
            second.socket().close();
            TestServer.await("room", () -> server.connections.open.sum() == 1);
            assertThat(server.post(WRITE, "m f=1 3").status()).isEqualTo(204);
            assertThat(server.connections.refused.sum()).isEqualTo(1);
        }
    }

    @Test
    void stopsWhenTheRequestsInFlightAreAnswered() throws Exception {
        var server = new TestServer();
        try (HttpSocket busy = server.connect();
                HttpSocket idle = server.connect()) {
            assertThat(idle.post(WRITE, "m f=1 1").status()).isEqualTo(204);
            server.sink.hold();
            busy.send(HttpSocket.head("POST", WRITE, Map.of(), 7) + "m f=1 2");
            TestServer.await("write", () -> server.sink.heldWrites() == 1);
            Thread stopping = Thread.ofPlatform().start(server.http::stop);
            assertThat(idle.isClosedByServer()).isTrue();
            assertThatThrownBy(() -> new Socket("127.0.0.1", server.http.port()).close())
                    .isInstanceOf(IOException.class);
            TestServer.await( // both connections are asked to end
                    "asked", () -> stopping.getState() == Thread.State.TIMED_WAITING);
            server.sink.letGo();
            Answer answer = busy.read();
            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.header("Connection")).isEqualTo("close");
            stopping.join();
        } finally {
            server.close();
        }
    }

    @Test
    void servesOverNioWhereThereIsNoEpoll() throws IOException {
        var options = new TestServer.Options();
        options.loops.close();
        options.loops = EventLoops.nio(1);
        assertThat(options.loops.transportName()).isEqualTo("nio");
        try (var server = new TestServer(options)) {
            assertThat(server.post(WRITE, "m f=1 1").status()).isEqualTo(204);
            assertThat(server.get("/nothing").status())
                    .isEqualTo(HttpResponseStatus.NOT_FOUND.code());
        }
    }

    @Test
    void saysWhyItCannotBind() throws IOException {
        try (var server = new TestServer()) {
            var options = new TestServer.Options();
            int port = server.http.port();
            options.http = _ -> HttpServerConfig.of("127.0.0.1", port);
            assertThatThrownBy(() -> new TestServer(options))
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot listen on 127.0.0.1:" + port + ": Address already in use");
            options.loops.close();
        }
    }
}
