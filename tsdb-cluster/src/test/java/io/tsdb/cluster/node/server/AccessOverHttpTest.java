package io.tsdb.cluster.node.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.admin.AdminRoutes;
import io.tsdb.cluster.node.admin.SlowStatements;
import io.tsdb.cluster.node.console.Console;
import io.tsdb.cluster.security.Authenticator;
import io.tsdb.cluster.security.RequestAuthorizer;
import io.tsdb.cluster.security.Scope;
import io.tsdb.cluster.security.TokenAdmin;
import io.tsdb.cluster.security.TokenFile;
import io.tsdb.ingest.protocol.line.LineDecoder;
import io.tsdb.ingest.transport.BodyThreads;
import io.tsdb.ingest.transport.IngestCounters;
import io.tsdb.ingest.transport.LineTcpConfig;
import io.tsdb.ingest.transport.LineTcpServer;
import io.tsdb.ingest.transport.WaitingBytes;
import io.tsdb.ingest.transport.WriteConfig;
import io.tsdb.ingest.transport.WriteEndpoint;
import io.tsdb.query.exec.DatabaseControl;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.Session;
import io.tsdb.query.http.InfluxDeleteHandler;
import io.tsdb.query.http.InfluxQueryHandler;
import io.tsdb.query.http.SqlHandler;
import io.tsdb.query.http.StatementBytes;
import io.tsdb.query.http.StatementWatch;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.EventLoops;
import io.tsdb.storage.net.HealthAnswers;
import io.tsdb.storage.net.HttpServer;
import io.tsdb.storage.net.HttpServerConfig;
import io.tsdb.storage.net.ServerIdentity;
import io.tsdb.storage.schema.MeasurementSchema;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// Who gets in, asked of real servers on real sockets; what stands behind them is faked, so that it
/// can be seen whether a request reached it.
class AccessOverHttpTest {
    private static final int WAITING_BYTES = 1 << 30;
    @TempDir static Path directory;
    private static final WaitingBytes WAITING = new WaitingBytes(WAITING_BYTES, System::nanoTime);
    private static final StatementBytes HELD = new StatementBytes(4L << 20);
    private static final FakeSink SINK = new FakeSink();
    private static final List<String> STATEMENTS = new CopyOnWriteArrayList<>();
    private static final ServerIdentity IDENTITY = ServerIdentity.of("0.0.0");
    private static EventLoops loops;
    private static HttpServer http;
    private static LineTcpServer lineTcp;
    private static String reader;
    private static String writer;
    private static String owner;
    private static String admin;

    @BeforeAll
    static void start() throws IOException {
        var file = new TokenFile(directory);
        var tokens = new TokenAdmin(file, Clock.systemUTC());
        reader = token(tokens, "read:a");
        writer = token(tokens, "write:a");
        owner = token(tokens, "admin:a");
        admin = token(tokens, "admin");
        var authenticator =
                new Authenticator(
                        file,
                        Authenticator.Mode.AUTO,
                        Optional.empty(),
                        Clock.systemUTC(),
                        System::nanoTime);
        var authorizer = new RequestAuthorizer(authenticator);
        var counters = new IngestCounters();
        loops = EventLoops.create(1);
        http =
                new HttpServer(
                        loops,
                        HttpServerConfig.of("127.0.0.1", 0),
                        IDENTITY,
                        Clock.systemUTC(),
                        System::nanoTime,
                        routes(authorizer).routes());
        lineTcp =
                new LineTcpServer(
                        loops,
                        LineTcpConfig.of("127.0.0.1", 0, "a"),
                        SINK,
                        () -> new LineDecoder(SINK, false),
                        authorizer,
                        WAITING,
                        counters,
                        () -> Instant.EPOCH,
                        System::nanoTime);
    }

    /// What a node answers, with fakes behind it.
    static NodeRoutes routes(RequestAuthorizer authorizer) {
        return new NodeRoutes(
                authorizer,
                new WriteEndpoint(
                        SINK,
                        () -> new LineDecoder(SINK, false),
                        BodyThreads.create(1, System::nanoTime),
                        authorizer,
                        WriteConfig.DEFAULT,
                        WAITING,
                        new IngestCounters(),
                        () -> Instant.EPOCH),
                () ->
                        new SqlHandler(
                                AccessOverHttpTest::note,
                                Runnable::run,
                                authorizer,
                                "default",
                                HELD,
                                System::nanoTime,
                                StatementWatch.NONE),
                () ->
                        new InfluxQueryHandler(
                                new NoDatabases(),
                                () -> new TreeSet<>(List.of("a", "b")),
                                AccessOverHttpTest::delete,
                                Clock.systemUTC(),
                                Runnable::run,
                                authorizer,
                                HELD,
                                System::nanoTime,
                                StatementWatch.NONE),
                () ->
                        new InfluxDeleteHandler(
                                AccessOverHttpTest::delete,
                                Runnable::run,
                                authorizer,
                                HELD,
                                System::nanoTime,
                                StatementWatch.NONE),
                new HealthAnswers(
                        IDENTITY, Clock.systemUTC(), Instant.EPOCH, () -> HealthAnswers.Health.OK),
                () -> "tsdb_up 1\n",
                new AdminRoutes(
                        authorizer,
                        new AllDatabasesGuard(authorizer, Access.Right.ADMINISTRATE),
                        Runnable::run,
                        new TokenAdmin(new TokenFile(Path.of("/dev/null/none")), Clock.systemUTC()),
                        new SlowStatements(Clock.systemUTC()),
                        Optional::empty,
                        Optional::empty,
                        Optional::empty,
                        Optional::empty,
                        Optional::empty),
                new Console(),
                "0.0.0");
    }

    private static String token(TokenAdmin tokens, String scope) throws IOException {
        return tokens.create(scope, List.of(Scope.parse(scope)), Optional.empty()).text();
    }

    private static QueryResult note(String sql, Session session) {
        STATEMENTS.add(sql);
        throw new QueryException(QueryErrorCode.UNSUPPORTED, new Position(1, 1), "let in");
    }

    private static long delete(
            Session session,
            List<String> measurements,
            Function<MeasurementSchema, Expression> condition) {
        return 7;
    }

    private record NoDatabases() implements DatabaseControl {
        @Override
        public boolean create(String database) {
            return true;
        }

        @Override
        public long delete(
                io.tsdb.query.plan.ScanSpec rows, io.tsdb.query.fragment.QueryControl control) {
            throw new IllegalStateException("not asked for");
        }

        @Override
        public boolean drop(String database) {
            return true;
        }

        @Override
        public boolean dropMeasurement(String database, String measurement) {
            return true;
        }
    }

    @AfterAll
    static void stop() {
        http.stop();
        lineTcp.stop();
        loops.close();
    }

    /// Sends a request as it stands, since clients tidy paths up, and reads to the end.
    private static String exchange(String requestLine, String body, String... headers)
            throws IOException {
        var text = new StringBuilder(requestLine).append(" HTTP/1.1\r\nHost: x\r\n");
        Arrays.stream(headers).forEach(header -> text.append(header).append("\r\n"));
        text.append("Connection: close\r\nContent-Length: ").append(body.length());
        text.append("\r\n\r\n").append(body);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port())) {
            socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
            socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static int status(String response) {
        return Integer.parseInt(response.substring(9, 12));
    }

    private static String secret(String who) {
        return switch (who) {
            case "reader" -> reader;
            case "writer" -> writer;
            case "owner" -> owner;
            case "admin" -> admin;
            default -> "unknown-token";
        };
    }

    @ParameterizedTest
    @CsvSource({
        "reader, POST /write?db=a,               403",
        "writer, POST /write?db=a,               204",
        "writer, POST /write?db=b,               403",
        "writer, POST /write?db=*,               400", // no name
        "admin,  POST /write?db=b,               204",
        "nobody, POST /write?db=a,               401",
        "writer, POST /api/v2/write?bucket=a,    204",
        "writer, POST /api/v2/write?bucket=b,    403",
        "writer, POST /api/v3/write_lp?db=a,     204",
        "writer, POST /api/v3/write_lp?db=b,     403",
        "reader, GET /api/v1/sql?db=a&q=SELECT+1,                      400", // the fake refuses all
        "reader, GET /api/v1/sql?db=b&q=SELECT+1,                      403",
        "reader, GET /api/v1/sql?db=a&q=SELECT+*+FROM+m,               400",
        "reader, GET /api/v1/sql?db=a&q=SHOW+DATABASES,                403",
        "admin,  GET /api/v1/sql?db=a&q=SHOW+DATABASES,                400",
        "writer, GET /api/v1/sql?db=a&q=SELECT+1,                      403",
        "nobody, GET /api/v1/sql?db=a&q=SELECT+1,                      401",
        "nobody, GET /api/v1/sql?db=a&q=nonsense,                      401",
        "reader, GET /api/v1/sql?db=a&q=nonsense,                      400",
        "reader, GET /api/v1/sql?db=a&q=DROP+DATABASE+a,               403",
        "reader, GET /api/v1/sql?db=a&q=/**/DROP+DATABASE+a,           403",
        "reader, GET /api/v1/sql?db=a&q=/*/SELECT*/DROP+DATABASE+a,    403", // one comment
        "reader, GET /api/v1/sql?db=a&q=--SELECT%0ADROP+DATABASE+a,    403",
        "owner,  GET /api/v1/sql?db=a&q=DROP+DATABASE+a,               400",
        "owner,  GET /api/v1/sql?db=a&q=DROP+DATABASE+b,               403",
        "owner,  GET /api/v1/sql?db=a&q=CREATE+DATABASE+b,             403",
        "admin,  GET /api/v1/sql?db=b&q=DROP+DATABASE+b,               400",
        "writer, GET /api/v1/sql?db=a&q=TRUNCATE+m,                    403",
        "owner,  GET /api/v1/sql?db=a&q=TRUNCATE+m,                    400",
        "owner,  GET /api/v1/sql?db=a&q=BACKUP+TO+'/b',                403", // copies all databases
        "admin,  GET /api/v1/sql?db=a&q=BACKUP+TO+'/b',                400",
        "owner,  GET /api/v1/sql?db=a&q=EXPORT+m+TO+'/b',              403", // writes files, too
        "admin,  GET /api/v1/sql?db=a&q=EXPORT+m+TO+'/b',              400",
        "reader, GET /query?q=DROP+DATABASE+a,   403",
        "reader, GET /query?q=SHOW+DATABASES,    403",
        "admin,  GET /query?q=SHOW+DATABASES,    200",
        "writer, GET /query?db=a&q=DELETE+FROM+m,                      200",
        "writer, GET /query?db=b&q=DELETE+FROM+m,                      403",
        "reader, GET /query?db=a&q=DROP+SERIES+FROM+m,                 403",
        "writer, GET /query?db=a&q=DELETE+FROM+m%3BDROP+DATABASE+a,    403",
        "writer, GET /query?db=a&q=DROP+MEASUREMENT+m,                 403",
        "owner,  GET /query?db=a&q=DROP+MEASUREMENT+m,                 200",
        "writer, GET /api/v1/sql?db=a&q=DROP+MEASUREMENT+m,            403",
        "owner,  GET /api/v1/sql?db=a&q=DROP+MEASUREMENT+m,            400",
        "writer, POST /api/v2/delete?bucket=a,    400", // no JSON, but let in
        "writer, POST /api/v2/delete?bucket=b,    403",
        "reader, POST /api/v2/delete?bucket=a,    403",
        "nobody, POST /api/v2/delete?bucket=a,    401",
        "writer, GET /api/v2/delete?bucket=a,     405",
        "reader, GET /metrics,                   403",
        "admin,  GET /metrics,                   200",
        "nobody, GET /metrics,                   401",
        "admin,  GET /api/v1/tokens,             200",
        "owner,  GET /api/v1/tokens,             403", // of one database
        "reader, GET /api/v1/tokens,             403",
        "nobody, GET /api/v1/tokens,             401",
        "owner,  POST /api/v1/tokens,            403",
        "admin,  POST /api/v1/tokens,            415", // what a page of another site could send
        "owner,  DELETE /api/v1/tokens?id=x,     403",
        "admin,  GET /api/v1/statements/slow,    200",
        "reader, GET /api/v1/statements/slow,    403",
        "admin,  GET /api/v1/cluster,            200",
        "reader, GET /api/v1/cluster,            403",
        "reader, POST /api/v1/cluster/hand-over, 403",
        "admin,  POST /api/v1/cluster/hand-over, 415",
        "owner,  POST /api/v1/settings/reload,   403",
        "nobody, GET /,                          200",
        "nobody, GET /ping,                      204",
        "nobody, GET /health,                    200",
        "nobody, GET /ready,                     200",
        "admin,  GET /no-such-path,              404",
        "nobody, GET /no-such-path,              404",
    })
    void tokensReachWhatTheyAreFor(String who, String request, int expected) throws IOException {
        String body = request.startsWith("POST") ? "m f=1i 1\n" : "";
        String response = exchange(request, body, "Authorization: Token " + secret(who));
        assertThat(status(response)).as(response).isEqualTo(expected);
    }

    /// Spellings that other servers took for another path after their check.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST //write?db=a",
                "POST /./write?db=a",
                "POST /x/../write?db=a",
                "POST /%2fwrite?db=a",
                "POST /%77rite?db=a",
                "POST /write/?db=a",
                "POST /write;x?db=a",
                "POST /write%3fdb=a",
                "POST /WRITE?db=a",
                "POST \\write?db=a",
                "POST /\\write?db=a",
                "POST /ping/..%2fwrite?db=a",
                "POST /ping/../write?db=a",
                "POST http://x//write?db=a",
                "GET //metrics",
                "GET /metrics/",
                "GET /%6detrics",
                "GET /ping/../metrics",
                "GET /metrics%00",
                "GET /;/metrics",
                "GET /api//v1/sql?db=a&q=SELECT+1",
                "GET /api/v1%2fsql?db=a&q=SELECT+1",
            })
    void noOtherSpellingOfAPathGetsIn(String request) throws IOException {
        int writes = SINK.databasesWritten().size();
        int statements = STATEMENTS.size();
        String body = request.startsWith("POST") ? "m f=1i 1\n" : "";
        for (String header : List.of("X: none", "Authorization: Token " + admin)) {
            String response = exchange(request, body, header);
            assertThat(status(response)).as(request + "\n" + response).isIn(400, 404);
            assertThat(response).doesNotContain("tsdb_up");
        }
        assertThat(SINK.databasesWritten()).hasSize(writes);
        assertThat(STATEMENTS).hasSize(statements);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Token",
                "Authorization: Token ",
                "Authorization: Bearer ",
                "Authorization: Basic ",
                "Authorization: Basic Og==", // empty user, empty password
                "Authorization: Token null",
                "Authorization: Token undefined",
                "Authorization: ",
                "X-Authorization: Token x",
            })
    void anEmptyTokenIsNone(String header) throws IOException {
        String response = exchange("POST /write?db=a", "m f=1i 1\n", header);
        assertThat(status(response)).isEqualTo(401);
        assertThat(response).containsIgnoringCase("\r\nwww-authenticate: ");
        assertThat(status(exchange("POST /write?db=a&u=&p=", "m f=1i 1\n", header))).isEqualTo(401);
    }

    @Test
    void everyFormThatClientsUseGetsIn() throws IOException {
        String basic =
                Base64.getEncoder()
                        .encodeToString(("anybody:" + writer).getBytes(StandardCharsets.UTF_8));
        for (String header : List.of("Token " + writer, "Bearer " + writer, "Basic " + basic)) {
            String response =
                    exchange("POST /write?db=a", "m f=1i 1\n", "Authorization: " + header);
            assertThat(status(response)).as(header).isEqualTo(204);
        }
        String asParameter = exchange("POST /write?db=a&u=x&p=" + writer, "m f=1i 1\n");
        assertThat(status(asParameter)).isEqualTo(204);
    }

    @Test
    void ambiguousCredentialsAreNone() throws IOException {
        String twoHeaders =
                exchange(
                        "POST /write?db=a",
                        "m f=1i 1\n",
                        "Authorization: Token x",
                        "Authorization: Token " + writer);
        assertThat(status(twoHeaders)).isEqualTo(401);
        String twoParameters = exchange("POST /write?db=a&p=x&p=" + writer, "m f=1i 1\n");
        assertThat(status(twoParameters)).isEqualTo(401);
    }

    /// The request that is checked must be the one that is served: the first `db` counts for both.
    @Test
    void twoDatabasesInOneRequestDoNotMixCheckAndWrite() throws IOException {
        int before = SINK.databasesWritten().size();
        for (String query : List.of("db=a&db=b", "db=b&db=a", "db=a&bucket=b")) {
            String response =
                    exchange(
                            "POST /write?" + query, "m f=1i 1\n", "Authorization: Token " + writer);
            assertThat(status(response)).isIn(204, 400, 403);
        }
        assertThat(SINK.databasesWritten().subList(before, SINK.databasesWritten().size()))
                .doesNotContain("b");
    }

    @Test
    void refusalsSayNothingAboutTheTokenOrTheDatabase() throws IOException {
        String unknown = exchange("GET /metrics", "", "Authorization: Token unknown-token");
        String none = exchange("GET /metrics", "");
        assertThat(bodyOf(unknown)).isEqualTo(bodyOf(none)).doesNotContain("unknown-token");
        String forbidden =
                exchange("POST /write?db=no-such-db", "", "Authorization: Token " + writer);
        assertThat(status(forbidden)).isEqualTo(403);
        assertThat(bodyOf(forbidden)).doesNotContain("no-such-db");
    }

    /// The head alone decides about a stranger: the answer comes although no byte of the body does.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /write?db=a",
                "POST /write?db=a&precision=wrong",
                "POST /write",
                "POST /api/v2/write?bucket=a",
                "POST /api/v3/write_lp?db=a",
                "POST /api/v1/sql",
                "POST /api/v1/sql?q=SELECT+1",
                "POST /query",
                "POST /metrics",
            })
    void aStrangerIsAnsweredBeforeTheBodyIsRead(String request) throws IOException {
        for (String length :
                List.of(
                        "Content-Length: 1000000",
                        "Transfer-Encoding: chunked",
                        "Content-Length: 0")) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port())) {
                socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
                String head = request + " HTTP/1.1\r\nHost: x\r\n" + length + "\r\n\r\n";
                socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
                byte[] start = socket.getInputStream().readNBytes(12);
                assertThat(new String(start, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 401");
            }
        }
    }

    /// Of 300 bodies of 1 MB that strangers begin, none is held.
    @Test
    void strangersHoldNothing() throws IOException {
        var sockets = new java.util.ArrayList<Socket>();
        byte[] half = new byte[500_000];
        Arrays.fill(half, (byte) ' ');
        long held = HELD.reserved();
        try {
            for (int i = 0; i < 300; i++) {
                String path = i % 2 == 0 ? "/api/v1/sql" : "/write?db=a";
                var socket = new Socket(InetAddress.getLoopbackAddress(), http.port());
                socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
                sockets.add(socket);
                String head =
                        "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n";
                socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
                socket.getOutputStream().write(half);
                byte[] start = socket.getInputStream().readNBytes(12);
                assertThat(new String(start, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 401");
            }
            assertThat(HELD.reserved()).isEqualTo(held);
            assertThat(WAITING.reserved()).isZero();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /// A token in a form is not looked for: forms are bodies.
    @Test
    void aTokenInTheBodyIsNone() throws IOException {
        String form = "p=" + admin + "&q=SHOW+DATABASES";
        String type = "Content-Type: application/x-www-form-urlencoded";
        assertThat(status(exchange("POST /query", form, type))).isEqualTo(401);
        assertThat(status(exchange("POST /query?p=" + admin, form, type))).isEqualTo(200);
    }

    /// What decodes it later would throw, and the log would have the whole query string.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /metrics?%zz",
                "GET /ping?%",
                "GET /health?a=%1",
                "GET /api/v1/sql?p=x&q=%zz",
                "POST /write?db=%zz",
                "POST /query?q=%zz",
                "GET /%zz",
            })
    void badPercentEncodingIsABadRequest(String request) throws IOException {
        for (String header : List.of("X: none", "Authorization: Token " + admin)) {
            assertThat(status(exchange(request, "", header))).isEqualTo(400);
        }
    }

    private static String bodyOf(String response) {
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    @Test
    void linesOverTcpNeedATokenFirst() throws IOException {
        int before = SINK.databasesWritten().size();
        tcp("m f=1i 1\n");
        tcp("token unknown-token\nm f=1i 1\n");
        tcp("token " + reader + "\nm f=1i 1\n");
        tcp("token \nm f=1i 1\n");
        assertThat(SINK.databasesWritten()).hasSize(before);
        tcp("token " + writer + "\nm f=1i 1\n");
        assertThat(SINK.databasesWritten()).hasSize(before + 1);
    }

    /// Sends, ends its side, and waits for the end of the server's.
    private static void tcp(String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), lineTcp.port())) {
            socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            while (socket.getInputStream().read() >= 0) {
                // it says nothing; its end says that lines are written
            }
        } catch (java.net.SocketException reset) {
            assertThat(reset).as("refused").hasMessageContaining("reset");
        }
    }
}
