package io.tsdb.query.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.Session;
import io.tsdb.query.result.FixedResult;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.EventLoops;
import io.tsdb.storage.net.HttpRoute;
import io.tsdb.storage.net.HttpRoutes;
import io.tsdb.storage.net.HttpServer;
import io.tsdb.storage.net.HttpServerConfig;
import io.tsdb.storage.net.ServerIdentity;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// More statements than there are threads for: some wait, beyond that they are told to come again.
/// Over real sockets.
class StatementQueueTest {
    private static final int RUNNING = 2;
    private static final int WAITING = 3;
    private static final int ASKED = 9;

    private final EventLoops loops = EventLoops.nio(2);
    private final ThreadPoolExecutor statements =
            new ThreadPoolExecutor(
                    RUNNING, RUNNING, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING));
    private final HttpClient client = HttpClient.newHttpClient();
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger runningMax = new AtomicInteger();
    private final AtomicInteger ran = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        var held = new StatementBytes(4L << 20);
        server =
                new HttpServer(
                        loops,
                        HttpServerConfig.of("127.0.0.1", 0),
                        ServerIdentity.of("0.0.0"),
                        () -> Instant.EPOCH,
                        System::nanoTime,
                        new HttpRoutes(
                                List.of(
                                        HttpRoute.of(
                                                Set.of(SqlHandler.PATH),
                                                () ->
                                                        new SqlHandler(
                                                                this::answer,
                                                                statements,
                                                                Access.OPEN,
                                                                "default",
                                                                held,
                                                                System::nanoTime,
                                                                StatementWatch.NONE)))));
    }

    @AfterEach
    void stop() {
        mayEnd.countDown();
        client.close();
        server.stop();
        loops.close();
        statements.shutdown();
    }

    private QueryResult answer(String sql, Session session) {
        ran.incrementAndGet();
        runningMax.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            mayEnd.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            running.decrementAndGet();
        }
        return new FixedResult(1, 1, null);
    }

    @Test
    void whatFindsNeitherAThreadNorAPlaceIsToldToComeAgain() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + SqlHandler.PATH + "?q=SELECT+1");
        var refused = new LinkedBlockingQueue<HttpResponse<String>>();
        var all = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < ASKED; i++) {
            CompletableFuture<HttpResponse<String>> answer =
                    client.sendAsync(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.ofString());
            all.add(answer);
            answer.thenAccept(refused::add);
        }
        // none can end before these are refused
        for (int i = 0; i < ASKED - RUNNING - WAITING; i++) {
            HttpResponse<String> response = refused.take();
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Retry-After")).contains("1");
            assertThat(response.body()).contains("\"overloaded\"").contains("too many queries");
        }
        mayEnd.countDown();
        CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).join();
        assertThat(all.stream().filter(answer -> answer.join().statusCode() == 200))
                .hasSize(RUNNING + WAITING);
        assertThat(ran).hasValue(RUNNING + WAITING);
        assertThat(runningMax.get()).isLessThanOrEqualTo(RUNNING);
    }
}
