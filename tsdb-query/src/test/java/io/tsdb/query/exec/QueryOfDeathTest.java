package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Statements that want to take a node down: each is refused by the limit it passes, or answered;
/// none exhausts the stack of a thread, the memory or the patience of its client.
class QueryOfDeathTest {
    /// What a thread of the node has.
    private static final long STACK_BYTES = 1 << 20;

    private static final QueryLimits LIMITS =
            new QueryLimits(1_000_000, 1_000, 64L << 20, Duration.ofSeconds(60));

    private static TestEngines.Setup engine() {
        var points = new ArrayList<TestPoint>();
        for (long i = 0; i < 5_000; i++) {
            points.add(
                    new TestPoint(
                            "m",
                            Map.of("host", "h" + i % 2),
                            i,
                            Map.of("v", i, "note", "a".repeat(50))));
        }
        return TestEngines.of(points, 2, new Layout(1, 1024, true), LIMITS);
    }

    /// Rows, or what was thrown, on a thread of the node's size.
    private static List<List<@Nullable Object>> run(String sql, Map<String, Object> parameters)
            throws InterruptedException {
        var rows = new AtomicReference<List<List<@Nullable Object>>>(List.of());
        var thrown = new AtomicReference<@Nullable Throwable>();
        TestEngines.Setup setup = engine();
        var thread =
                new Thread(
                        null,
                        () ->
                                thrown.set(
                                        catchThrowable(
                                                () ->
                                                        rows.set(
                                                                ResultRows.of(
                                                                        setup.execute(
                                                                                sql,
                                                                                parameters))))),
                        "statement",
                        STACK_BYTES);
        thread.start();
        thread.join();
        assertThat(setup.openScans()).isZero();
        assertThat(setup.budget().reservedBytes()).isZero();
        Throwable failure = thrown.get();
        if (failure instanceof QueryException e) {
            throw e;
        }
        if (failure != null) {
            throw new AssertionError("not an error of the query: " + failure, failure);
        }
        return rows.get();
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(
                        "deep parentheses", select("(".repeat(10_000) + 1 + ")".repeat(10_000))),
                Arguments.of("parentheses without end", select("(".repeat(100_000))),
                Arguments.of("deep calls", select("abs(".repeat(10_000) + 1 + ")".repeat(10_000))),
                Arguments.of("many NOT", select("NOT ".repeat(10_000) + "TRUE")),
                Arguments.of("many signs", select("- ".repeat(10_000) + "1")),
                Arguments.of("many casts", select("1" + "::int64".repeat(10_000))),
                Arguments.of("a long sum", select("v" + " + v".repeat(20_000) + " FROM m")),
                Arguments.of("sums within sums", select(nested(150, 400))),
                Arguments.of("a long concatenation", select("note" + " || note".repeat(9_000))),
                Arguments.of("a megabyte of text", select("'" + "x".repeat(1 << 20) + "'")),
                Arguments.of("a megabyte of columns", select("v" + ", v".repeat(300_000))),
                Arguments.of("many columns", select("v" + ", v".repeat(60_000) + " FROM m")),
                Arguments.of("many constants", select("1" + ", 1".repeat(60_000))),
                Arguments.of("many keys", "SELECT 1 FROM m GROUP BY v" + ", v".repeat(60_000)),
                Arguments.of(
                        "many conditions",
                        "SELECT v FROM m WHERE v > 1" + " OR v > 1".repeat(25_000)),
                Arguments.of(
                        "a bucket a row",
                        "SELECT count(*) FROM m GROUP BY time_bucket('1ns', time)"),
                Arguments.of("a group a row", "SELECT DISTINCT v, note FROM m"),
                Arguments.of("repetitions within repetitions", match("((a{100}){100}){100}")),
                Arguments.of(
                        "an expensive pattern",
                        match("(a{90}b{90}c{90}){10}[^d]{1000}e{1000}f{1000}")),
                Arguments.of("deep groups", match("(".repeat(450) + "a" + ")".repeat(450))),
                Arguments.of("a long pattern", match("a".repeat(5_000))),
                Arguments.of(
                        "a long LIKE",
                        "SELECT v FROM m WHERE note LIKE '" + "%a".repeat(5_000) + "'"));
    }

    private static String select(String expression) {
        return "SELECT " + expression;
    }

    private static String match(String pattern) {
        return "SELECT v FROM m WHERE note ~ '" + pattern + "'";
    }

    /// Chains of sums, each the first operand of the one around it.
    private static String nested(int depth, int links) {
        return "(".repeat(depth) + "1" + (" + 1".repeat(links) + ")").repeat(depth);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refused(String what, String sql) {
        assertThat(catchThrowable(() -> run(sql, Map.of())))
                .as(what)
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(QueryErrorCode.LIMIT_EXCEEDED);
                            assertThat(e.text().length()).isLessThan(1_500);
                        });
    }

    /// A text doubled again and again is refused before it is made; a long row of them is one call.
    @Test
    void resultsOfExpressionsCount() {
        String doubled = ":a";
        for (int i = 0; i < 8; i++) {
            doubled = "(" + doubled + " || " + doubled + ")";
        }
        String sql = "SELECT length(" + doubled + ")";
        Map<String, Object> large = Map.of("a", "x".repeat(700_000));
        assertThat(catchThrowable(() -> run(sql, large)))
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.LIMIT_EXCEEDED));
        for (String function : List.of("upper(:a || :a)", "CAST(:a || :a AS string)")) {
            assertThat(
                            catchThrowable(
                                    () ->
                                            run(
                                                    "SELECT " + function,
                                                    Map.of("a", "x".repeat(9_000_000)))))
                    .isInstanceOfSatisfying(
                            QueryException.class,
                            e -> assertThat(e.code()).isEqualTo(QueryErrorCode.LIMIT_EXCEEDED));
        }
    }

    @Test
    void answersALongConcatenation() throws InterruptedException {
        Map<String, Object> parameter = Map.of("a", "xy");
        assertThat(run("SELECT length(:a" + " || :a".repeat(900) + ")", parameter))
                .isEqualTo(List.of(List.of(1_802L)));
        assertThat(run("EXPLAIN SELECT note" + " || note".repeat(900) + " FROM m", parameter))
                .isNotEmpty();
    }

    /// Errors about long texts say where, and repeat little of them.
    @Test
    void errorsStayShort() {
        String name = "n".repeat(100_000);
        for (String sql :
                List.of(
                        "SELECT 1 " + name + " " + name,
                        "SELECT 1 '" + name + "'",
                        "SELECT '" + name,
                        "SELECT " + "?".repeat(100_000))) {
            assertThat(catchThrowable(() -> run(sql, Map.of())))
                    .isInstanceOfSatisfying(
                            QueryException.class,
                            e -> {
                                assertThat(e.code()).isEqualTo(QueryErrorCode.SYNTAX_ERROR);
                                assertThat(e.text().length()).isLessThan(500);
                            });
        }
    }

    /// Blanks that a regular expression could divide between its parts in as many ways as there are
    /// pairs of them.
    @Test
    void refusesALongInterval() {
        assertThat(
                        catchThrowable(
                                () ->
                                        run(
                                                "SELECT now() + interval '1"
                                                        + " ".repeat(200_000)
                                                        + "'",
                                                Map.of())))
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.INVALID_VALUE));
    }

    @Test
    void answersALongList() throws InterruptedException {
        var written = new StringBuilder("SELECT count(*) FROM m WHERE v IN (0");
        for (int i = 1; i < 40_000; i++) {
            written.append(',').append(i * 2);
        }
        assertThat(run(written + ")", Map.of())).isEqualTo(List.of(List.of(2_500L)));
        List<Long> given = LongStream.range(0, 100_000).mapToObj(i -> i * 5).toList();
        assertThat(run("SELECT count(*) FROM m WHERE v IN (:list)", Map.of("list", given)))
                .isEqualTo(List.of(List.of(1_000L)));
    }

    /// Each level is looked at three times: resolved each time, they would be 3^30 queries.
    @Test
    void answersTiedQueriesWithinTiedQueries() throws InterruptedException {
        String sql = "SELECT host FROM m";
        for (int i = 0; i < 30; i++) {
            sql =
                    "SELECT x.host AS host FROM m AS x WHERE EXISTS (SELECT 1 FROM ("
                            + sql
                            + ") AS y WHERE y.host = x.host)";
        }
        assertThat(run("SELECT count(*) FROM (" + sql + ")", Map.of()))
                .isEqualTo(List.of(List.of(5_000L)));
    }

    /// The tree of a long statement may take fifty megabytes, and many come at once.
    @Test
    void treesCountBeforeTheyAreMade() {
        QueryLimits small = new QueryLimits(1_000_000, 1_000, 1L << 20, Duration.ofSeconds(60));
        TestEngines.Setup setup = TestEngines.of(List.of(), 1, new Layout(1, 1024, true), small);
        for (String text : List.of("x".repeat(200_000), "SELECT 1 -- " + "x".repeat(200_000))) {
            assertThat(catchThrowable(() -> setup.execute(text, Map.of())))
                    .isInstanceOfSatisfying(
                            QueryException.class,
                            e -> assertThat(e.code()).isEqualTo(QueryErrorCode.LIMIT_EXCEEDED));
        }
        assertThat(setup.budget().reservedBytes()).isZero();
    }

    @Test
    void namesCount() {
        var points = new ArrayList<TestPoint>();
        for (int i = 0; i < 10_000; i++) {
            points.add(new TestPoint("m", Map.of("host", "host-" + i), i, Map.of("v", 1L)));
        }
        QueryLimits small = new QueryLimits(1_000_000, 100_000, 1L << 20, Duration.ofSeconds(60));
        TestEngines.Setup setup = TestEngines.of(points, 1, new Layout(1, 1024, true), small);
        for (String sql : List.of("SHOW SERIES FROM m", "SHOW TAG VALUES FROM m WITH KEY = host")) {
            assertThat(catchThrowable(() -> setup.execute(sql, Map.of())))
                    .as(sql)
                    .isInstanceOfSatisfying(
                            QueryException.class,
                            e -> assertThat(e.code()).isEqualTo(QueryErrorCode.LIMIT_EXCEEDED));
        }
        assertThat(setup.budget().reservedBytes()).isZero();
    }

    @Test
    void answersWhatIsLongButFlat() throws InterruptedException {
        assertThat(run("SELECT 1" + " + 1".repeat(900), Map.of()))
                .isEqualTo(List.of(List.of(901L)));
        assertThat(run("SELECT " + nested(100, 9), Map.of())).isEqualTo(List.of(List.of(901L)));
        assertThat(run("SELECT count(*) FROM m WHERE v < 10" + " AND v < 10".repeat(300), Map.of()))
                .isEqualTo(List.of(List.of(10L)));
        assertThat(run("SELECT count(*) FROM m WHERE note ~ '(a*)*(a|aa)+$'", Map.of()))
                .isEqualTo(List.of(List.of(5_000L)));
        assertThat(
                        run(
                                "SELECT count(*) FROM m WHERE note LIKE '"
                                        + "%a".repeat(25)
                                        + "%b'",
                                Map.of()))
                .isEqualTo(List.of(List.of(0L)));
        assertThat(run("-- " + "x".repeat(200_000) + "\nSELECT 1", Map.of()))
                .isEqualTo(List.of(List.of(1L)));
    }
}
