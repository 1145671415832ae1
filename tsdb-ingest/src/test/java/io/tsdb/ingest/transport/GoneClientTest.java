package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Map;

/// A client that has gone, and one that only sends no more, look the same until something is sent.
class GoneClientTest {
    private static final String WRITE = "/write?db=plant";

    @Test
    void endsTheConnectionOfAClientThatHasGone() throws Exception {
        try (var server = new TestServer()) {
            server.sink.hold();
            try (HttpSocket socket = server.connect()) {
                socket.send(HttpSocket.head("POST", WRITE, Map.of(), 7) + "m f=1 1");
                TestServer.await("write", () -> server.sink.heldWrites() == 1);
            }
            // nothing is answered yet
            TestServer.await("closed", () -> server.connections.open.sum() == 0);
            assertThat(server.sink.heldWrites()).isEqualTo(1);
        }
    }

    @Test
    void answersAClientThatOnlySendsNoMore() throws Exception {
        try (var server = new TestServer();
                HttpSocket socket = server.connect()) {
            server.sink.hold();
            socket.send(HttpSocket.head("POST", WRITE, Map.of(), 7) + "m f=1 1");
            TestServer.await("write", () -> server.sink.heldWrites() == 1);
            socket.socket().shutdownOutput();
            assertThat(socket.read().status()).isEqualTo(102);
            assertThat(socket.read().status()).isEqualTo(102);
            server.sink.letGo();
            int status = socket.read().status();
            while (status == 102) {
                status = socket.read().status();
            }
            assertThat(status).isEqualTo(204);
            assertThat(socket.isClosedByServer()).isTrue();
        }
    }
}
