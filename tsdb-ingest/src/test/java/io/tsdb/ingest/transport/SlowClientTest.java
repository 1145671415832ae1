package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.net.ArrivalLimits;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// Clients that hold a connection without using it are let go of; see [ArrivalLimits].
class SlowClientTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(100);

    @Test
    void closesAConnectionThatNeverSaysAnything() throws IOException {
        try (var server = server(new ArrivalLimits(SHORT, LONG, LONG, 1));
                HttpSocket socket = server.connect()) {
            assertThat(socket.isClosedByServer()).isTrue();
            assertThat(server.connections.timedOut.sum()).isEqualTo(1);
        }
    }

    @Test
    void closesAConnectionThatIsIdleBetweenRequests() throws IOException {
        try (var server = server(new ArrivalLimits(SHORT, LONG, LONG, 1));
                HttpSocket socket = server.connect()) {
            assertThat(socket.post("/write?db=d", "m f=1").status()).isEqualTo(204);
            assertThat(socket.isClosedByServer()).isTrue();
        }
    }

    @Test
    void anIdleLimitDoesNotCutARequestThatWaitsForItsAnswer() throws IOException {
        try (var server = server(new ArrivalLimits(SHORT, LONG, LONG, 1));
                HttpSocket socket = server.connect();
                HttpSocket other = server.connect()) {
            server.sink.hold();
            socket.send(HttpSocket.head("POST", "/write?db=d", Map.of(), 5) + "m f=1");
            TestServer.await("write", () -> server.sink.heldWrites() == 1);
            assertThat(other.isClosedByServer()).isTrue(); // so the limit has passed
            server.sink.letGo();
            assertThat(socket.read().status()).isEqualTo(204);
        }
    }

    @Test
    void answers408ToAHeadThatTrickles() throws Exception {
        try (var server = server(new ArrivalLimits(LONG, SHORT, LONG, 1));
                HttpSocket socket = server.connect()) {
            Thread trickle = Thread.ofPlatform().start(() -> trickle(socket));
            assertThat(socket.read().status()).isEqualTo(408);
            trickle.interrupt();
            trickle.join();
        }
    }

    @Test
    void answers408ToAnUnfinishedHead() throws IOException {
        try (var server = server(new ArrivalLimits(LONG, SHORT, LONG, 1));
                HttpSocket socket = server.connect()) {
            socket.send("POST /write?db=d HTTP/1.1\r\nHost:");
            assertThat(socket.read().status()).isEqualTo(408);
            assertThat(socket.isClosedByServer()).isTrue();
        }
    }

    @Test
    void answers408ToABodyBelowTheLeastRate() throws IOException {
        try (var server = server(new ArrivalLimits(LONG, LONG, SHORT, 1_000_000_000));
                HttpSocket socket = server.connect()) {
            socket.send(HttpSocket.head("POST", "/write?db=d", Map.of(), 1000) + "m f=1 1\n");
            assertThat(socket.read().status()).isEqualTo(408);
            assertThat(socket.isClosedByServer()).isTrue();
            TestServer.await("given back", () -> server.waiting.reserved() == 0);
            assertThat(server.sink.writes()).isZero();
        }
    }

    @Test
    void answers408ToABodyThatStops() throws IOException {
        try (var server = server(new ArrivalLimits(SHORT, LONG, LONG, 1));
                HttpSocket socket = server.connect()) {
            socket.send(HttpSocket.head("POST", "/write?db=d", Map.of(), 1000) + "m f=1 1\n");
            assertThat(socket.read().status()).isEqualTo(408);
        }
    }

    /// A header a few bytes at a time, never enough for the limit of the head's size.
    private static void trickle(HttpSocket socket) {
        try {
            socket.send("POST /write?db=d HTTP/1.1\r\nX: ");
            for (int i = 0; i < 1000 && !Thread.interrupted(); i++) {
                socket.send("y");
                LockSupport.parkNanos(1_000_000);
            }
        } catch (IOException closed) {
            Thread.currentThread().interrupt(); // the server had enough
        }
    }

    private static TestServer server(ArrivalLimits limits) throws IOException {
        var options = new TestServer.Options();
        options.http = config -> config.withArrival(limits);
        return new TestServer(options);
    }
}
