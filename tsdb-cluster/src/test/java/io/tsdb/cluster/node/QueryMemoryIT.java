package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A node of 512 MiB is asked for more than it can hold, by many at once: it lives, writes go on,
/// and every question gets the right answer or is told that there is no room.
///
/// `-Dtsdb.memory.rows=1000000` is the full size.
class QueryMemoryIT {
    private static final int ROWS = Integer.getInteger("tsdb.memory.rows", 60_000);
    private static final int CLIENTS = 24;
    private static final int BATCH = 10_000;
    private static final int SIGTERM_STATUS = 143;
    private static final Pattern ERROR = Pattern.compile("\"error\":\\{\"code\":\"([a-z_]+)\"");

    @TempDir static Path directory;
    private static TsdbProcess node;
    private static String url;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void startAndFill() throws Exception {
        node = TsdbProcess.start(directory.resolve("data"));
        url = node.awaitReady();
        for (int from = 0; from < ROWS; from += BATCH) {
            assertThat(write("m", from, Math.min(ROWS, from + BATCH))).isEqualTo(204);
        }
    }

    @AfterAll
    static void end() throws Exception {
        // alive to the end, and nothing broke inside
        assertThat(node.terminate()).as(node.errors()).isEqualTo(SIGTERM_STATUS);
        assertThat(node.errors()).doesNotContain("OutOfMemory").doesNotContain("StackOverflow");
        node.close();
    }

    /// Every row has a string of its own.
    private static int write(String measurement, int from, int to) throws Exception {
        var lines = new StringBuilder();
        for (int i = from; i < to; i++) {
            lines.append(measurement).append(",dev=d").append(i % 50);
            lines.append(" s=\"state of number ").append(1_000_000 + i);
            lines.append("\",f=").append(i).append(".5,g=").append(i).append("i ");
            lines.append(1_700_000_000L + i).append('\n');
        }
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/write?db=db&precision=s"))
                        .POST(HttpRequest.BodyPublishers.ofString(lines.toString()))
                        .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private static HttpResponse<String> ask(String sql) throws IOException, InterruptedException {
        return ask(sql, "text/plain");
    }

    private static HttpResponse<String> ask(String body, String type)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/api/v1/sql?db=db"))
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT s, count(*) FROM m GROUP BY s ORDER BY 2 LIMIT 1",
                "SELECT * FROM m ORDER BY s DESC LIMIT 1000000",
                "SELECT count(DISTINCT s) FROM m",
                "SELECT DISTINCT s, f FROM m",
                "SELECT f, s FROM m ORDER BY CAST(f AS string) || s LIMIT 1000000",
                "SELECT last(s), min(s), max(s) FROM m GROUP BY g",
                "SELECT time_bucket('1s', time) t, dev, count(DISTINCT s) FROM m GROUP BY t, dev"
                        + " ORDER BY t LIMIT 10 OFFSET 1000",
                "SELECT s || upper(s) || CAST(f AS string) FROM m",
                "SELECT * FROM m LATEST BY dev"
            })
    void manyAtOnce(String sql) throws Exception {
        var work = new ArrayList<Callable<String>>();
        for (int i = 0; i < CLIENTS; i++) {
            work.add(() -> outcome(sql));
        }
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS + 1)) {
            Future<Integer> written = clients.submit(() -> write("w", 0, BATCH));
            var outcomes = new ArrayList<String>();
            for (Future<String> outcome : clients.invokeAll(work)) {
                outcomes.add(outcome.get());
            }
            System.out.println(sql + ": " + outcomes);
            assertThat(outcomes).allMatch(List.of("right", "422", "503")::contains);
            assertThat(written.get()).isEqualTo(204);
        }
        assertThat(ask("SELECT count(*) FROM m").body()).contains("[[" + ROWS + "]]");
        assertThat(metric("tsdb_query_memory_bytes")).isLessThan(4 << 20);
        assertThat(metric("tsdb_query_memory_max_bytes"))
                .isLessThanOrEqualTo(metric("tsdb_query_memory_limit_bytes"));
    }

    /// `right`, the status of a refusal that says why, or what was wrong.
    private static String outcome(String sql) throws Exception {
        HttpResponse<String> response = ask(sql);
        String body = response.body();
        Matcher error = ERROR.matcher(body);
        if (error.find()) {
            boolean busy = error.group(1).equals("memory_busy");
            boolean isLimit = busy || error.group(1).equals("limit_exceeded");
            boolean retry =
                    response.statusCode() != 503
                            || response.headers().firstValue("Retry-After").isPresent();
            String status = busy ? "503" : "422";
            return isLimit && retry ? status : response.statusCode() + " " + body;
        }
        return isRight(sql, body) ? "right" : response.statusCode() + " " + head(body);
    }

    private static String head(String body) {
        return body.substring(0, Math.min(300, body.length()));
    }

    private static boolean isRight(String sql, String body) {
        String tail = body.substring(Math.max(0, body.length() - 100));
        String last = "\"state of number " + (1_000_000 + ROWS - 1) + "\"";
        if (sql.startsWith("SELECT s, count")) {
            return body.contains(",1]],\"rowCount\":1,");
        } else if (sql.startsWith("SELECT count")) {
            return body.contains("[[" + ROWS + "]]");
        } else if (sql.startsWith("SELECT *") && sql.contains("ORDER BY s")) {
            int first = body.indexOf("\"rows\":[[");
            return body.indexOf(last) < body.indexOf(']', first)
                    && tail.contains("\"rowCount\":" + ROWS);
        } else if (sql.contains("LATEST")) {
            return body.contains(last) && tail.contains("\"rowCount\":50");
        } else if (sql.contains("OFFSET")) {
            return tail.contains("\"rowCount\":10");
        }
        return tail.contains("\"rowCount\":" + ROWS);
    }

    /// A text doubled again and again, from a parameter of 700 KB: 2^24 times that at the end.
    @Test
    void resultsOfExpressionsCount() throws Exception {
        String doubled = ":a";
        for (int i = 0; i < 8; i++) {
            doubled = "(" + doubled + "||" + doubled + ")";
        }
        String text = "x".repeat(700_000);
        String body =
                "{\"db\":\"db\",\"q\":\"SELECT length("
                        + doubled
                        + ")\",\"params\":{\"a\":\""
                        + text
                        + "\"}}";
        HttpResponse<String> response = ask(body, "application/json");
        assertThat(response.statusCode()).as(head(response.body())).isEqualTo(422);
        assertThat(response.body()).contains("limit_exceeded");
        assertThat(ask(body.replace(doubled, ":a||:a"), "application/json").body())
                .contains("[[1400000]]");
    }

    /// Long chains are answered, or refused with the place and the limit.
    @Test
    void deepStatementsAreRefused() throws Exception {
        for (int links : List.of(900, 1_100, 4_000, 20_000)) {
            for (String operator : List.of("||", "+", " AND ", " OR ")) {
                String operand =
                        operator.contains("|") ? "'a'" : operator.equals("+") ? "1" : "f>1";
                String sql =
                        "SELECT "
                                + operand
                                + (operator + operand).repeat(links)
                                + " FROM m LIMIT 1";
                HttpResponse<String> response = ask(sql);
                assertThat(response.statusCode())
                        .as(links + " of " + operator + ": " + head(response.body()))
                        .isIn(200, 422);
                ask("EXPLAIN " + sql);
            }
        }
        for (String nested :
                List.of(
                        "(".repeat(10_000) + "1" + ")".repeat(10_000),
                        "NOT ".repeat(10_000) + "true",
                        "- ".repeat(10_000) + "1",
                        "abs(".repeat(10_000) + "1" + ")".repeat(10_000))) {
            HttpResponse<String> response = ask("SELECT " + nested);
            assertThat(response.statusCode()).as(head(response.body())).isEqualTo(422);
            assertThat(response.body()).contains("limit_exceeded").contains("\"line\":1");
        }
    }

    private static long metric(String name) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/metrics")).build();
        String text = HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
        Matcher line = Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(text);
        assertThat(line.find()).as(name).isTrue();
        return (long) Double.parseDouble(line.group(1));
    }
}
