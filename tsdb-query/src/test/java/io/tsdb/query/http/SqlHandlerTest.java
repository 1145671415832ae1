package io.tsdb.query.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.Session;
import io.tsdb.query.result.FixedResult;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.EventLoops;
import io.tsdb.storage.net.HttpRoute;
import io.tsdb.storage.net.HttpRoutes;
import io.tsdb.storage.net.HttpServer;
import io.tsdb.storage.net.HttpServerConfig;
import io.tsdb.storage.net.ServerIdentity;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.schema.Retention;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// The endpoints over real sockets, with a runner that notes what it is asked.
class SqlHandlerTest {
    private record Asked(String sql, Session session) {}

    private final EventLoops loops = EventLoops.nio(2);
    private final ExecutorService queries = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<EndedStatement> ended = new LinkedBlockingQueue<>();
    private final TreeSet<String> databases = new TreeSet<>(List.of("plant"));
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Thread> authorizedBy = new java.util.concurrent.CopyOnWriteArrayList<>();
    private final StatementBytes held = new StatementBytes(4L << 20);
    private HttpServer server;
    private String base;

    @BeforeEach
    void start() throws IOException {
        var control =
                new io.tsdb.query.exec.DatabaseControl() {
                    @Override
                    public boolean create(String database) {
                        return databases.add(database);
                    }

                    @Override
                    public long delete(
                            io.tsdb.query.plan.ScanSpec rows,
                            io.tsdb.query.fragment.QueryControl control) {
                        throw new IllegalStateException("not asked for");
                    }

                    @Override
                    public boolean drop(String database) {
                        return databases.remove(database);
                    }
                };
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
                                                                SqlHandlerTest.this::answer,
                                                                queries,
                                                                new NotingAuthorizer(),
                                                                "default",
                                                                held,
                                                                System::nanoTime,
                                                                ended::add)),
                                        HttpRoute.of(
                                                Set.of(InfluxQueryHandler.PATH),
                                                () ->
                                                        new InfluxQueryHandler(
                                                                control,
                                                                () -> new TreeSet<>(databases),
                                                                SqlHandlerTest.this::delete,
                                                                () -> Instant.EPOCH,
                                                                queries,
                                                                Access.OPEN,
                                                                held,
                                                                System::nanoTime,
                                                                ended::add)))));
        base = "http://127.0.0.1:" + server.port();
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop();
        loops.close();
        queries.shutdown();
    }

    /// Knows everybody, and notes which thread asks for a right.
    private final class NotingAuthorizer implements Access {
        @Override
        public boolean knows(Optional<String> token) {
            return true;
        }

        @Override
        public Decision decide(Optional<String> token, Right right, String database) {
            return SqlHandlerTest.this.authorize(database, right == Right.ADMINISTRATE);
        }
    }

    private Access.Decision authorize(String database, boolean administrative) {
        authorizedBy.add(Thread.currentThread());
        if (administrative) {
            return Access.Decision.FORBIDDEN;
        }
        return database.equals("secret")
                ? Access.Decision.UNAUTHENTICATED
                : Access.Decision.ALLOWED;
    }

    private long delete(
            Session session,
            List<String> measurements,
            Function<MeasurementSchema, Expression> condition) {
        throw new IllegalStateException("not asked for");
    }

    private QueryResult answer(String sql, Session session) {
        asked.add(new Asked(sql, session));
        if (sql.contains("wrong")) {
            throw new QueryException(
                    QueryErrorCode.UNKNOWN_COLUMN, new Position(1, 8), "unknown column 'wrong'");
        }
        return new FixedResult(1000, sql.contains("long") ? 1_000_000 : 1, null);
    }

    private HttpResponse<String> get(String pathAndQuery) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(base + pathAndQuery)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String type, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(base + path))
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void answersAGetWithItsLength() throws Exception {
        HttpResponse<String> response = get("/api/v1/sql?db=plant&epoch=s&q=SELECT+1");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-length")).isPresent();
        assertThat(response.body()).startsWith("{\"columns\":").contains("\"rowCount\":1000");
        Asked request = asked.take();
        assertThat(request.session().database()).isEqualTo("plant");
        assertThat(request.sql()).isEqualTo("SELECT 1");
    }

    @Test
    void theTimeZoneIsThatOfTheSession() throws Exception {
        get("/api/v1/sql?q=SELECT+1&tz=europe/berlin");
        assertThat(asked.take().session().timeZone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        post("/api/v1/sql", "application/json", "{\"q\":\"SELECT 1\",\"tz\":\"+05:30\"}");
        assertThat(asked.take().session().timeZone()).isEqualTo(ZoneOffset.ofHoursMinutes(5, 30));
        get("/api/v1/sql?q=SELECT+1&tz=");
        assertThat(asked.take().session().timeZone()).isEqualTo(ZoneOffset.UTC);
        HttpResponse<String> wrong = get("/api/v1/sql?q=SELECT+1&tz=Europe/Berlim");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body())
                .contains("invalid_value")
                .contains("'Europe/Berlim' is no time zone")
                .contains("did you mean 'Europe/Berlin'?");
    }

    /// Each statement is an event of the flight recorder, without what stands in quotes.
    @Test
    void statementsAreEvents(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("queries.jfr");
        try (var recording = new Recording()) {
            recording.enable("tsdb.Query").withoutThreshold();
            recording.start();
            get("/api/v1/sql?db=plant&q=SELECT+1+WHERE+t='secret'");
            get("/api/v1/sql?db=plant&q=SELECT+wrong");
            // the event comes behind the answer
            queries.shutdown();
            assertThat(queries.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            recording.stop();
            recording.dump(file);
        }
        assertThat(RecordingFile.readAllEvents(file))
                .extracting(
                        event -> event.getString("database"),
                        event -> event.getString("statement"),
                        event -> event.getString("error"))
                .containsExactlyInAnyOrder(
                        tuple("plant", "SELECT 1 WHERE t='...'", ""),
                        tuple("plant", "SELECT wrong", "unknown_column"));
    }

    /// For metrics and logs; also of those that are wrong, and of those that may not run.
    @Test
    void saysWhatBecameOfEachStatement() throws Exception {
        get("/api/v1/sql?db=plant&q=SELECT+1+WHERE+t='secret'");
        EndedStatement good = ended.take();
        assertThat(good.kind()).isEqualTo(StatementKind.SELECT);
        assertThat(good.database()).isEqualTo("plant");
        assertThat(good.text()).isEqualTo("SELECT 1 WHERE t='...'");
        assertThat(good.address()).isEqualTo("127.0.0.1");
        assertThat(good.rowCount()).isEqualTo(1000);
        assertThat(good.elapsedNanos()).isPositive();
        assertThat(good.error()).isEmpty();
        get("/api/v1/sql?q=SELECT+wrong");
        assertThat(ended.take().error()).isEqualTo("unknown_column");
        get("/api/v1/sql?q=DROP+DATABASE+x");
        EndedStatement denied = ended.take();
        assertThat(denied.kind()).isEqualTo(StatementKind.DROP);
        assertThat(denied.error()).isEqualTo("forbidden");
        get("/query?q=DROP+DATABASE+plant%3B+SHOW+DATABASES");
        EndedStatement dropped = ended.take();
        assertThat(dropped.text()).isEqualTo("DROP DATABASE plant");
        assertThat(dropped.database()).isEqualTo("plant");
        assertThat(dropped.error()).isEmpty();
        assertThat(ended.take().kind()).isEqualTo(StatementKind.SHOW);
        assertThat(ended).isEmpty();
    }

    @Test
    void takesFormsJsonAndBareStatements() throws Exception {
        post("/api/v1/sql", "application/x-www-form-urlencoded", "q=SELECT+1&db=a");
        assertThat(asked.take().session().database()).isEqualTo("a");
        post(
                "/api/v1/sql",
                "application/json",
                "{\"q\":\"SELECT :x\",\"params\":{\"x\":5,\"y\":[\"p\",null],\"z\":1.5}}");
        Asked request = asked.take();
        assertThat(request.session().database()).isEqualTo("default");
        assertThat(request.session().parameters().get("x")).isEqualTo(5L);
        assertThat(request.session().parameters().get("z")).isEqualTo(1.5);
        post("/api/v1/sql?format=csv", "application/sql", "SELECT 2");
        assertThat(asked.take().sql()).isEqualTo("SELECT 2");
    }

    @Test
    void answersErrorsWithPlaceAndCode() throws Exception {
        HttpResponse<String> response = get("/api/v1/sql?q=SELECT+wrong");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .isEqualTo(
                        "{\"error\":{\"code\":\"unknown_column\",\"message\":\"1:8: unknown column"
                                + " 'wrong'\",\"line\":1,\"column\":8}}\n");
        assertThat(get("/api/v1/sql").body()).contains("parameter q").contains("missing");
        assertThat(get("/api/v1/sql?q=SELECT+1&format=xml").body())
                .contains("use json, ndjson, csv, arrow or parquet");
        assertThat(get("/api/v1/sql?q=SELECT+1&epoch=h").body()).contains("use ns, us, ms or s");
        assertThat(get("/api/v1/sql?q=SELECT+1&params=7").body()).contains("must be a JSON object");
    }

    @Test
    void asksTheAuthorizer() throws Exception {
        assertThat(get("/api/v1/sql?q=DROP+DATABASE+x").statusCode()).isEqualTo(403);
        assertThat(get("/api/v1/sql?q=/*SELECT*/+create+DATABASE+x").statusCode()).isEqualTo(403);
        HttpResponse<String> response = get("/api/v1/sql?db=secret&q=SELECT+1");
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("www-authenticate")).isPresent();
        assertThat(asked).isEmpty();
    }

    /// What is not text where text must be is the sender's fault, and says so.
    @Test
    void whatIsNotTextIsRefused() throws Exception {
        for (String body :
                List.of(
                        "{\"q\":{\"a\":1}}",
                        "{\"q\":[1]}",
                        "{\"q\":5}",
                        "{\"q\":\"SELECT 1\",\"db\":{}}",
                        "{\"q\":\"SELECT 1\",\"epoch\":true}",
                        "{\"q\":\"SELECT 1\",\"params\":[]}",
                        "{\"q\":\"SELECT 1\",\"params\":{\"a\":{}}}",
                        "{\"q\":\"SELECT",
                        "[".repeat(100_000),
                        "{\"params\":".repeat(50_000))) {
            HttpResponse<String> response = post("/api/v1/sql", "application/json", body);
            assertThat(response.statusCode()).as(body.substring(0, 5)).isEqualTo(400);
            assertThat(response.body()).contains("invalid_value");
        }
        String form = "application/x-www-form-urlencoded";
        for (String path : List.of("/api/v1/sql", "/query")) {
            assertThat(post(path, form, "q=%zz").statusCode()).isEqualTo(400);
            assertThat(post(path, form, "q=SELECT+1&%").statusCode()).isEqualTo(400);
            assertThat(post(path, form, "=&&=;%00").statusCode()).isEqualTo(400);
        }
        assertThat(asked).isEmpty();
    }

    /// An event loop serves thousands of connections: it gathers bytes and nothing else.
    @Test
    void nothingOfAStatementIsReadOnAnEventLoop() throws Exception {
        authorizedBy.clear();
        get("/api/v1/sql?q=SELECT+1");
        post("/api/v1/sql", "application/json", "{\"q\":\"SHOW DATABASES\"}");
        assertThat(authorizedBy).hasSize(2).allMatch(Thread::isVirtual, "a thread of the executor");
    }

    @Test
    void bodiesAreCountedUntilTheirStatementHasRun() throws Exception {
        URI uri = URI.create(base);
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.getOutputStream()
                    .write(
                            ("POST /api/v1/sql HTTP/1.1\r\n"
                                            + "Host: x\r\n"
                                            + "Content-Length: 100000\r\n\r\n"
                                            + " ".repeat(99_000))
                                    .getBytes(StandardCharsets.US_ASCII));
            long deadline = System.nanoTime() + 20_000_000_000L;
            while (held.reserved() < 99_000) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.onSpinWait();
            }
        }
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (held.reserved() > 0) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
        post("/api/v1/sql", "application/sql", "SELECT 1");
        assertThat(asked.take().sql()).isEqualTo("SELECT 1");
        while (held.reserved() > 0) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /// Three quarters are for large bodies; small ones have the last quarter to themselves.
    @Test
    void largeBodiesLeaveRoomForSmallOnes() {
        var room = new StatementBytes(4L << 20);
        assertThat(room.tryReserve(0, 3L << 20)).isTrue();
        assertThat(room.tryReserve(0, 65L << 10)).isFalse();
        assertThat(room.tryReserve(0, 64L << 10)).isTrue();
        assertThat(room.tryReserve(64L << 10, 1)).isFalse();
        assertThat(room.reserved()).isEqualTo((3L << 20) + (64L << 10));
    }

    /// The rule for names is the one that writes obey, so what is created can be written to.
    @Test
    void influxClientsCreateNoDatabaseThatCannotBeWrittenTo() throws Exception {
        for (String name :
                List.of(
                        "../../evil",
                        ".hid",
                        "p/q",
                        "a\nb",
                        "*",
                        "x".repeat(256),
                        "x".repeat(70_000))) {
            HttpResponse<String> response =
                    post("/query", "text/plain", "CREATE DATABASE \"" + name + "\"");
            assertThat(response.body()).contains("a database name");
        }
        assertThat(databases).containsExactly("plant");
    }

    /// By hand, without recursion: a pattern for it overflowed the stack on long names.
    @Test
    void influxStatementsOfAnyLengthAreRead() {
        String longName = "x".repeat(500_000);
        assertThat(InfluxStatement.parse("CREATE DATABASE \"" + longName + "\"", 0))
                .containsExactly(new InfluxStatement.CreateDatabase(longName, Retention.INHERITED));
        assertThat(
                        InfluxStatement.parse(
                                "create database \"a;\\\"b\" with name \"p\"; drop database c;", 0))
                .containsExactly(
                        new InfluxStatement.CreateDatabase("a;\"b", Retention.INHERITED),
                        new InfluxStatement.DropDatabase("c"));
        assertThat(InfluxStatement.parse("DROP DATABASE IF EXISTS x; SHOW DATABASES", 0))
                .containsExactly(
                        new InfluxStatement.DropDatabase("x"), new InfluxStatement.ShowDatabases());
        for (String other :
                List.of(
                        "CREATE DATABASE",
                        "CREATE DATABASE a b",
                        "CREATE DATABASE \"a",
                        "CREATE DATABASE \"\"",
                        "CREATE DATABASE a'b",
                        "DROP DATABASE a WITH x",
                        "SHOW DATABASES LIMIT 1",
                        "CREATE DATABASE IF NOT a",
                        "SELECT 1",
                        "DELETE",
                        "DROP SERIES",
                        "DELETE FROM",
                        "DELETE FROM a b",
                        "DELETE FROM a,",
                        "DELETE FROM /a/",
                        "DROP MEASUREMENT",
                        "DROP MEASUREMENT a b",
                        "DROP SHARD 1",
                        "\"")) {
            assertThat(InfluxStatement.parse(other, 0))
                    .as(other)
                    .containsExactly(new InfluxStatement.Other());
        }
    }

    @Test
    void cancelsTheQueryOfAClientThatGoesAway() throws Exception {
        URI uri = URI.create(base);
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.getOutputStream()
                    .write(
                            ("GET /api/v1/sql?q=SELECT+long HTTP/1.1\r\nHost: x\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(readSome(socket.getInputStream())).startsWith("HTTP/1.1 200 OK");
        }
        Asked request = asked.take();
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!request.session().cancellation().isCancelled()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static String readSome(InputStream in) throws IOException {
        return new String(in.readNBytes(200_000), StandardCharsets.UTF_8);
    }

    @Test
    void createsAndListsDatabasesForInfluxClients() throws Exception {
        HttpResponse<String> response =
                post(
                        "/query",
                        "application/x-www-form-urlencoded",
                        "q=CREATE+DATABASE+%22my+db%22");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"results\":[{\"statement_id\":0}]}\n");
        assertThat(get("/query?q=SHOW+DATABASES").body())
                .isEqualTo(
                        "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"databases\",\"columns\":[\"name\"],\"values\":[[\"my"
                            + " db\"],[\"plant\"]]}]}]}\n");
        assertThat(get("/query?q=SELECT+*+FROM+cpu").statusCode()).isEqualTo(400);
        assertThat(get("/query").body())
                .isEqualTo("{\"error\":\"missing required parameter \\\"q\\\"\"}\n");
    }
}
