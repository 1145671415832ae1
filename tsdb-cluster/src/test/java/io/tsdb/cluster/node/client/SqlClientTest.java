package io.tsdb.cluster.node.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// How long a client waits for a node that works.
@Timeout(60)
class SqlClientTest {
    private static final byte[] ANSWER =
            "{\"columns\":[{\"name\":\"v\",\"type\":\"int64\"}],\"rows\":[[1]]}"
                    .getBytes(StandardCharsets.UTF_8);

    private final CountDownLatch gaveUp = new CountDownLatch(1);
    private HttpServer node;
    private SqlClient client;

    @BeforeEach
    void open() throws IOException {
        node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        node.setExecutor(Runnable::run);
        node.createContext(
                "/api/v1/sql",
                exchange -> {
                    try (exchange) {
                        Thread.sleep(1_000);
                        exchange.sendResponseHeaders(200, ANSWER.length);
                        exchange.getResponseBody().write(ANSWER);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    } finally {
                        gaveUp.countDown();
                    }
                });
        node.start();
        client =
                new SqlClient(
                        "http://127.0.0.1:" + node.getAddress().getPort(),
                        Optional.empty(),
                        HttpClient.newHttpClient(),
                        Duration.ofMillis(100));
    }

    @AfterEach
    void close() throws InterruptedException {
        gaveUp.await();
        client.close();
        node.stop(0);
    }

    @Test
    void givesUpWhatShouldTakeAMoment() {
        assertThatThrownBy(() -> client.query("d", "SHOW MEASUREMENTS"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not answer within");
    }

    /// A backup of more than two minutes was given up, with the work going on.
    @Test
    void waitsForWhatMayTakeLong() throws Exception {
        assertThat(client.queryLong("d", "BACKUP TO '/x'").rows()).hasSize(1);
    }
}
