package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.ingest.batch.PointSink.WriteResult;
import io.tsdb.ingest.transport.HttpSocket.Answer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.io.IOException;

/// The answers of the three write endpoints, row by row of `docs/protocol/http-write.md`.
class WriteContractTest {
    private static final String V1 = "/write?db=plant";
    private static final String V2 = "/api/v2/write?org=any&bucket=plant";
    private static final String V3 = "/api/v3/write_lp?db=plant&precision=nanosecond";

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {V1, V2, V3})
    void acceptedLinesAre204WithoutABody(String target) throws IOException {
        Answer answer = server.post(target, "m,t=a f=1.5 10\nm,t=b f=2 20\n");
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.header("X-Influxdb-Version")).isEqualTo("1.8.10");
        assertThat(answer.header("X-Influxdb-Build")).isEqualTo("tsdb-9.9.9");
        assertThat(answer.header("Request-Id")).isNotEmpty();
        assertThat(answer.header("Date")).isEqualTo("Sun, 01 Jun 2025 12:00:00 GMT");
        assertThat(server.sink.written())
                .containsExactlyInAnyOrder("m{t=a} f:float64=1.5 @10", "m{t=b} f:float64=2.0 @20");
    }

    @Test
    void v1WritesGoodLinesAndNamesTheOthers() throws IOException {
        Answer answer = server.post(V1, "m f=1 10\nm f= 20\nbroken\nm f=4 40\n");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(json(answer).get("error").asString())
                .startsWith("partial write: unable to parse 'm f= 20': ")
                .contains("(line 2, column ")
                .contains("\nunable to parse 'broken': ")
                .endsWith(" dropped=0 for database: plant for retention policy: autogen");
        assertThat(answer.header("X-Influxdb-Error"))
                .startsWith("partial write: unable to parse 'm f= 20': ");
        assertThat(server.sink.written())
                .containsExactlyInAnyOrder("m{} f:float64=1.0 @10", "m{} f:float64=4.0 @40");
    }

    @Test
    void v2WritesNothingWhenALineIsNoPoint() throws IOException {
        Answer answer = server.post(V2, "m f=1 10\nm f= 20\n");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(json(answer).get("code").asString()).isEqualTo("invalid");
        assertThat(json(answer).get("message").asString())
                .startsWith("unable to parse 'm f= 20': ")
                .contains("line 2");
        assertThat(answer.header("X-Platform-Error-Code")).isEqualTo("invalid");
        assertThat(server.sink.written()).isEmpty();
    }

    @Test
    void v3WritesGoodLinesAndListsTheOthers() throws IOException {
        Answer answer = server.post(V3, "m f=1 10\nm f= 20\nm f=3 30\nx\n");
        assertThat(answer.status()).isEqualTo(400);
        JsonNode body = json(answer);
        assertThat(body.get("error").asString())
                .isEqualTo("partial write of line protocol occurred");
        assertThat(body.get("data")).hasSize(2);
        assertThat(body.get("data").get(0).get("original_line").asString()).isEqualTo("m f= 20");
        assertThat(body.get("data").get(0).get("line_number").asInt()).isEqualTo(2);
        assertThat(body.get("data").get(0).get("error_message").asString()).isNotEmpty();
        assertThat(body.get("data").get(1).get("line_number").asInt()).isEqualTo(4);
        assertThat(server.sink.written()).hasSize(2);
    }

    @Test
    void v3WithoutPartialWritesNothing() throws IOException {
        Answer answer = server.post(V3 + "&accept_partial=false", "m f=1 10\nm f= 20\n");
        assertThat(answer.status()).isEqualTo(400);
        JsonNode body = json(answer);
        assertThat(body.get("error").asString()).isEqualTo("parsing failed for write_lp endpoint");
        assertThat(body.get("data").get("original_line").asString()).isEqualTo("m f= 20");
        assertThat(body.get("data").get("line_number").asInt()).isEqualTo(2);
        assertThat(server.sink.written()).isEmpty();
    }

    @Test
    void linesThatAreAllBadAre400() throws IOException {
        assertThat(json(expect(400, V1, "broken")).get("error").asString())
                .startsWith("unable to parse 'broken': ");
        assertThat(json(expect(400, V2, "broken")).get("code").asString()).isEqualTo("invalid");
        assertThat(json(expect(400, V3, "broken")).get("data").get(0).get("line_number").asInt())
                .isEqualTo(1);
        assertThat(server.sink.writes()).isZero();
    }

    @Test
    void aTypeConflictNamesBothTypesAndTheRestIsWritten() throws IOException {
        expect(204, V1, "m f=1i 1");
        String both = "m f=2i 2\nm f=1.5 3\n";
        String conflict =
                "field type conflict: input field \"f\" on measurement \"m\" is type float,"
                        + " already exists as type integer";
        assertThat(json(expect(400, V1, both)).get("error").asString())
                .isEqualTo(
                        "partial write: "
                                + conflict
                                + " (line 2) dropped=1 for database: plant for retention policy:"
                                + " autogen");
        JsonNode v2 = json(expect(422, V2, both));
        assertThat(v2.get("code").asString()).isEqualTo("unprocessable entity");
        assertThat(v2.get("message").asString())
                .startsWith("failure writing points to database: partial write: " + conflict);
        JsonNode v3 = json(expect(400, V3, both));
        assertThat(v3.get("data").get(0).get("error_message").asString()).isEqualTo(conflict);
        assertThat(server.sink.written())
                .containsExactly(
                        "m{} f:int64=1 @1",
                        "m{} f:int64=2 @2",
                        "m{} f:int64=2 @2",
                        "m{} f:int64=2 @2");
    }

    @Test
    void aTypeConflictAloneOnV2Is422() throws IOException {
        expect(204, V2, "m f=1i 1");
        expect(422, V2, "m f=true 2");
        assertThat(server.sink.written()).hasSize(1);
    }

    @Test
    void aFieldNamedTimeIsStrippedAndReported() throws IOException {
        Answer answer = expect(400, V1, "m f=1,time=5i 10");
        assertThat(json(answer).get("error").asString())
                .contains("\"time\" has been stripped from point")
                .contains(" dropped=0 ");
        assertThat(server.sink.written()).containsExactly("m{} f:float64=1.0 @10");
    }

    @Test
    void anUnknownDatabaseIs404() throws IOException {
        server.sink.onlyDatabases("other");
        assertThat(json(expect(404, V1, "m f=1")).get("error").asString())
                .isEqualTo("database not found: \"plant\"");
        JsonNode v2 = json(expect(404, V2, "m f=1"));
        assertThat(v2.get("code").asString()).isEqualTo("not found");
        assertThat(v2.get("message").asString()).isEqualTo("bucket \"plant\" not found");
        expect(404, V3, "m f=1");
        assertThat(server.sink.writes()).isZero();
    }

    @Test
    void aRequestWithoutADatabaseIs400() throws IOException {
        assertThat(json(expect(400, "/write", "m f=1")).get("error").asString())
                .isEqualTo("database is required");
        expect(400, "/write?db=", "m f=1");
        expect(400, "/api/v2/write?org=o", "m f=1");
        expect(400, "/api/v3/write_lp", "m f=1");
    }

    /// Some of QuestDB's clients name neither a database nor themselves.
    @Test
    void aV1RequestWithoutADatabaseGoesToTheDefaultOne() throws IOException {
        var options = new TestServer.Options();
        options.write =
                new WriteConfig(
                        1 << 20,
                        1 << 20,
                        WriteConfig.DEFAULT.decodeLimits(),
                        java.util.Optional.of("house"));
        options.waitingBytesMax = 16L << 20;
        try (TestServer other = new TestServer(options)) {
            other.sink.onlyDatabases("house");
            assertThat(other.post("/write?precision=n", "m f=1 1").status()).isEqualTo(204);
            assertThat(other.post("/write?db=plant", "m f=1 1").status()).isEqualTo(404);
            assertThat(other.post("/api/v2/write", "m f=1 1").status()).isEqualTo(400);
            assertThat(other.post("/api/v3/write_lp", "m f=1 1").status()).isEqualTo(400);
        }
    }

    /// Whatever the endpoint: the mark is no part of the first measurement's name.
    @Test
    void aByteOrderMarkIsDropped() throws IOException {
        for (String target : new String[] {V1, V2, V3}) {
            expect(204, target, "\uFEFFm f=1 1");
        }
        assertThat(server.sink.written()).allMatch(point -> point.startsWith("m{}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..%5Cx", "a/b", ".hidden", "tab%09", "nul%00"})
    void aDatabaseNameThatMeansSomethingToAFileSystemIs400(String name) throws IOException {
        expect(400, "/write?db=" + name, "m f=1");
        assertThat(server.sink.writes()).isZero();
    }

    @Test
    void v2TakesBucketsOfRetentionPoliciesAndDb() throws IOException {
        expect(204, "/api/v2/write?bucket=plant/autogen", "m f=1 1");
        expect(204, "/api/v2/write?db=plant", "m f=1 2");
        assertThat(server.sink.written()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "/write?db=d&precision=n, 7",
        "/write?db=d&precision=ns, 7",
        "/write?db=d&precision=u, 7000",
        "/write?db=d&precision=us, 7000",
        "/write?db=d&precision=%C2%B5, 7000",
        "/write?db=d&precision=ms, 7000000",
        "/write?db=d&precision=s, 7000000000",
        "/write?db=d&precision=m, 420000000000",
        "/write?db=d&precision=h, 25200000000000",
        "/write?db=d, 7",
        "/write?db=d&precision=, 7",
        "/api/v2/write?bucket=d&precision=us, 7000",
        "/api/v2/write?bucket=d, 7",
        "/api/v3/write_lp?db=d&precision=second, 7000000000",
        "/api/v3/write_lp?db=d&precision=auto, 7000000000",
        "/api/v3/write_lp?db=d, 7000000000",
    })
    void everySpellingOfAPrecisionIsTakenEverywhere(String target, long nanos) throws IOException {
        expect(204, target, "m f=1 7");
        assertThat(server.sink.written()).containsExactly("m{} f:float64=1.0 @" + nanos);
    }

    @Test
    void anInvalidPrecisionIs400InTheWordsOfEachEndpoint() throws IOException {
        assertThat(json(expect(400, V1 + "&precision=d", "m f=1")).get("error").asString())
                .isEqualTo("invalid precision \"d\" (use n, u, ms, s, m or h)");
        assertThat(json(expect(400, V2 + "&precision=d", "m f=1")).get("message").asString())
                .isEqualTo("invalid precision; valid precision units are ns, us, ms, and s");
        expect(400, "/api/v3/write_lp?db=d&precision=weeks", "m f=1");
    }

    @Test
    void linesWithoutATimestampShareTheTimeOfTheRequest() throws IOException {
        expect(204, V1 + "&precision=s", "m,t=a f=1\nm,t=b f=1");
        assertThat(server.sink.written())
                .containsExactlyInAnyOrder(
                        "m{t=a} f:float64=1.0 @1748779200000000000",
                        "m{t=b} f:float64=1.0 @1748779200000000000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# only a comment\n"})
    void aBodyWithoutLinesIsAnsweredAsEachContractDoes(String body) throws IOException {
        assertThat(expect(200, V1, body).body()).isEmpty();
        assertThat(json(expect(400, V2, body)).get("code").asString()).isEqualTo("invalid");
        expect(204, V3, body);
        assertThat(server.sink.writes()).isZero();
    }

    @Test
    void overloadIs503WithRetryAfterAndRecovers() throws IOException {
        server.sink.answer(new WriteResult.Overloaded("log is behind", 7));
        for (String target : new String[] {V1, V2, V3}) {
            Answer answer = expect(503, target, "m f=1 1");
            assertThat(answer.header("Retry-After")).isEqualTo("7");
            assertThat(answer.body()).contains("log is behind");
        }
        server.sink.answer(new WriteResult.Acknowledged());
        expect(204, V1, "m f=1 1");
        assertThat(server.counters.writesOverloaded.sum()).isEqualTo(3);
        assertThat(server.waiting.reserved()).isZero();
    }

    @Test
    void aFullDiskIs507WithRetryAfterAndRecovers() throws IOException {
        server.sink.answer(new WriteResult.DiskFull("the disk is nearly full", 10));
        for (String target : new String[] {V1, V2, V3}) {
            Answer answer = expect(507, target, "m f=1 1");
            assertThat(answer.header("Retry-After")).isEqualTo("10");
            assertThat(answer.body()).contains("the disk is nearly full");
        }
        server.sink.answer(new WriteResult.Acknowledged());
        expect(204, V1, "m f=1 1");
        assertThat(server.waiting.reserved()).isZero();
    }

    /// No Retry-After: the same request will not be taken later either.
    @Test
    void moreThanALogTakesAtOnceIs413() throws IOException {
        server.sink.answer(new WriteResult.TooLarge("send less in one request"));
        for (String target : new String[] {V1, V2, V3}) {
            Answer answer = expect(413, target, "m f=1 1");
            assertThat(answer.header("Retry-After")).isNull();
            assertThat(answer.body()).contains("send less in one request");
        }
        assertThat(server.waiting.reserved()).isZero();
    }

    @Test
    void aFailedLogIs500() throws IOException {
        server.sink.answer(new WriteResult.Failed("disk is gone"));
        for (String target : new String[] {V1, V2, V3}) {
            assertThat(expect(500, target, "m f=1 1").body()).contains("disk is gone");
        }
        assertThat(server.waiting.reserved()).isZero();
    }

    @Test
    void theWrongMethodIs405() throws IOException {
        Answer answer = server.get("/write?db=d");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo("POST");
    }

    @Test
    void longErrorsAreCutInTheHeaderOnly() throws IOException {
        Answer answer = expect(400, V1, "é\n".repeat(90));
        assertThat(answer.header("X-Influxdb-Error")).hasSize(1024).matches("[ -~]*");
        assertThat(json(answer).get("error").asString().lines()).hasSize(90);
    }

    @Test
    void linesBeyondTheListedOnesAreCounted() throws IOException {
        Answer answer = expect(400, V1, "x\n".repeat(150));
        assertThat(json(answer).get("error").asString()).endsWith("... and 50 more lines");
        assertThat(json(expect(400, V3, "x\n".repeat(150))).get("data")).hasSize(101);
    }

    /// What is answered depends on both sorts, wherever in the body they are: 100 are described.
    @Test
    void sortsOfLinesBeyondTheListedOnesCount() throws IOException {
        expect(204, V1, "m f=1 1");
        String conflicts = "m f=2i 2\n".repeat(150);
        String noLines = "x\n".repeat(150);
        for (String body : new String[] {conflicts + "x\nm f=3 3", "m f=3 3\nx\n" + conflicts}) {
            Answer v2 = expect(400, V2, body); // nothing is written when a line is no point
            assertThat(json(v2).get("message").asString())
                    .contains("unable to parse 'x'")
                    .contains("... and 51 more lines");
        }
        assertThat(server.sink.written()).hasSize(1);
        for (String body : new String[] {noLines + "m f=2i 2", "m f=2i 2\n" + noLines}) {
            assertThat(json(expect(400, V1, body)).get("error").asString())
                    .startsWith("partial write: ")
                    .contains("field type conflict")
                    .contains(" dropped=1 for database");
        }
        assertThat(json(expect(400, V1, conflicts + noLines)).get("error").asString())
                .contains("... and 200 more lines dropped=150 for database");
        assertThat(json(expect(422, V2, conflicts + "m f=4 4")).get("message").asString())
                .contains("... and 50 more lines dropped=150 for database");
        assertThat(expect(400, V3, conflicts + "x\nm f=5 5").body())
                .contains("partial write of line protocol occurred")
                .contains("\"original_line\":\"x\",\"line_number\":151")
                .contains("and 51 more lines");
        assertThat(server.sink.written()).hasSize(3);
    }

    private Answer expect(int status, String target, String body) throws IOException {
        Answer answer = server.post(target, body);
        assertThat(answer.status()).as("%s: %s", target, answer.body()).isEqualTo(status);
        return answer;
    }

    private static JsonNode json(Answer answer) {
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        return new ObjectMapper().readTree(answer.body());
    }
}
