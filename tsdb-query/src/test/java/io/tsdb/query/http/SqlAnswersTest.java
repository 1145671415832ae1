package io.tsdb.query.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.exec.QueryLimits;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.ResultColumn;
import io.tsdb.query.exec.TestEngines;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.result.FixedResult;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.EventLoops;
import io.tsdb.storage.net.HttpRoute;
import io.tsdb.storage.net.HttpRoutes;
import io.tsdb.storage.net.HttpServer;
import io.tsdb.storage.net.HttpServerConfig;
import io.tsdb.storage.net.ServerIdentity;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// The endpoint in front of the real engine: what each kind of statement is answered with, and a
/// long answer to a client that reads slowly.
class SqlAnswersTest {
    private static final int LONG_BATCHES = 4_000;

    private final EventLoops loops = EventLoops.nio(2);
    private final AtomicReference<Thread> queryThread = new AtomicReference<>();
    private final ExecutorService queries =
            Executors.newSingleThreadExecutor(
                    work -> {
                        var thread = new Thread(work, "query");
                        queryThread.set(thread);
                        return thread;
                    });
    private final AtomicInteger pulled = new AtomicInteger();
    private final HttpClient client = HttpClient.newHttpClient();
    private TestEngines.Setup engine;
    private HttpServer server;
    private int port;

    @BeforeEach
    void start() throws IOException {
        var points = new ArrayList<TestPoint>();
        for (long i = 0; i < 100; i++) {
            points.add(
                    new TestPoint(
                            "m", Map.of("host", "h" + i % 3), i * 1_001_001_001L, Map.of("v", i)));
        }
        engine =
                TestEngines.of(
                        points,
                        2,
                        new Layout(1, 1024, true),
                        new QueryLimits(90, 50, 1 << 20, Duration.ofSeconds(60)));
        server =
                new HttpServer(
                        loops,
                        HttpServerConfig.of("127.0.0.1", 0),
                        ServerIdentity.of("0.0.0"),
                        () -> Instant.EPOCH,
                        System::nanoTime,
                        new HttpRoutes(
                                List.of(HttpRoute.of(Set.of(SqlHandler.PATH), this::handler))));
        port = server.port();
    }

    private SqlHandler handler() {
        return new SqlHandler(
                (sql, session) ->
                        sql.equals("SELECT long")
                                ? counted()
                                : engine.engine().execute(sql, session),
                queries,
                Access.OPEN,
                TestEngines.DATABASE,
                new StatementBytes(4L << 20),
                System::nanoTime,
                StatementWatch.NONE);
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop();
        loops.close();
        queries.shutdown();
    }

    /// About 200 MB of text, counted as it is pulled.
    private QueryResult counted() {
        var result = new FixedResult(1000, LONG_BATCHES, null);
        return new QueryResult() {
            @Override
            public List<ResultColumn> columns() {
                return result.columns();
            }

            @Override
            public @Nullable ResultBatch next() {
                pulled.incrementAndGet();
                return result.next();
            }

            @Override
            public MemoryAccount memory() {
                return MemoryAccount.unlimited();
            }

            @Override
            public void close() {
                result.close();
            }
        };
    }

    private HttpResponse<String> ask(String sql, String more) throws Exception {
        String query = "q=" + URLEncoder.encode(sql, StandardCharsets.UTF_8) + more;
        return client.send(
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:" + port + SqlHandler.PATH + "?" + query))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | syntax_error        | 1 | 1  | SELEC 1",
                "400 | unknown_measurement | 1 | 15 | SELECT * FROM n",
                "400 | unknown_column      | 1 | 8  | SELECT w FROM m",
                "400 | unknown_function    | 1 | 8  | SELECT mx(v) FROM m",
                "400 | unknown_parameter   | 1 | 8  | SELECT :x",
                "400 | type_mismatch       | 1 | 10 | SELECT v + host FROM m",
                "400 | invalid_value       | 1 | 23 | SELECT * FROM m LIMIT -1",
                "400 | not_grouped         | 1 | 8  | SELECT v, count(*) FROM m",
                "400 | unsupported         | 1 | 8  | SELECT rate(DISTINCT v) FROM m",
                "400 | out_of_range        | 1 | 28 | SELECT 9223372036854775807 + 1",
                "400 | database_exists     | 1 | 1  | CREATE DATABASE db",
                "404 | unknown_database    | 1 | 1  | DROP DATABASE dc",
                "422 | limit_exceeded      | 0 | 0  | SELECT v FROM m GROUP BY v",
                "422 | limit_exceeded      | 0 | 0  | SELECT * FROM m",
            })
    void answersErrorsWithStatusCodeAndPlace(
            int status, String code, int line, int column, String sql) throws Exception {
        HttpResponse<String> response = ask(sql, "");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(response.body())
                .startsWith("{\"error\":{\"code\":\"" + code + "\",\"message\":\"");
        if (line > 0) {
            assertThat(response.body())
                    .contains("\"message\":\"" + line + ":" + column + ": ")
                    .endsWith(",\"line\":" + line + ",\"column\":" + column + "}}\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rfc3339, 1970-01-01T00:00:02.002002002Z",
        "ns, 2002002002",
        "us, 2002002",
        "ms, 2002",
        "s, 2"
    })
    void answersTimesAsAsked(String epoch, String expected) throws Exception {
        String sql = "SELECT time FROM m WHERE v = 2";
        assertThat(ask(sql, "&format=csv&epoch=" + epoch).body())
                .isEqualTo("time\r\n" + expected + "\r\n");
        assertThat(ask(sql, "&epoch=" + epoch).body().replace("\"", ""))
                .contains("[[" + expected + "]]");
    }

    /// Values of parameters are values: a quote in one ends nothing.
    @Test
    void takesParametersAsValues() throws Exception {
        String params =
                URLEncoder.encode(
                        "{\"host\":\"h1' OR '1'='1\",\"hosts\":[\"h1\",\"h2\"],\"low\":95}",
                        StandardCharsets.UTF_8);
        assertThat(
                        ask(
                                        "SELECT count(*) AS n FROM m WHERE host = :host",
                                        "&format=csv&params=" + params)
                                .body())
                .isEqualTo("n\r\n0\r\n");
        assertThat(
                        ask(
                                        "SELECT v FROM m WHERE host IN (:hosts) AND v > $low ORDER"
                                                + " BY v",
                                        "&format=csv&params=" + params)
                                .body())
                .isEqualTo("v\r\n97\r\n98\r\n");
    }

    /// While nobody reads, no more of the answer is made than sockets and one piece hold; then the
    /// rest of it comes, whole.
    @Test
    void waitsForAClientThatReadsSlowly() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write(
                            ("GET /api/v1/sql?format=csv&q=SELECT+long HTTP/1.1\r\nHost: x\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readNBytes(15), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200 OK");
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (queryThread.get().getState() != Thread.State.TIMED_WAITING) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.onSpinWait();
            }
            assertThat(pulled.get()).isLessThan(LONG_BATCHES / 4);
            String tail = "";
            byte[] piece = new byte[1 << 20];
            while (!tail.endsWith("\r\n0\r\n\r\n")) {
                int count = in.read(piece);
                assertThat(count).isPositive();
                String read = new String(piece, 0, count, StandardCharsets.UTF_8);
                tail = (tail + read.substring(Math.max(0, read.length() - 100)));
                tail = tail.substring(Math.max(0, tail.length() - 200));
            }
            assertThat(pulled.get()).isEqualTo(LONG_BATCHES + 1);
            assertThat(tail).contains("999999.75,true,");
        }
    }
}
