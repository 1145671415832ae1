package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A hundred clients ask heavy questions of a node with a heap of 256 MiB, again and again, while
/// lines come in: every write is acknowledged, every question answered right, told to come again,
/// or that its time is up; no more of them run than there are threads, and the heap holds.
class HundredQueriesIT {
    private static final int CLIENTS = 100;
    private static final int ROUNDS = 2;
    private static final int ROWS = Integer.getInteger("tsdb.memory.rows", 20_000);
    private static final int BATCH = 5_000;
    private static final int WRITES_MIN = 20;
    private static final int SIGTERM_STATUS = 143;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /// As many groups as rows, sorted.
    private static final String HEAVY =
            "SELECT s, dev, count(*), avg(f), max(g) FROM m GROUP BY s, dev ORDER BY s DESC LIMIT"
                    + " 3";

    @TempDir Path directory;
    private String url = "";

    private int write(String measurement, int from, int to) throws Exception {
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

    private HttpResponse<String> ask(String sql) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/api/v1/sql?db=db"))
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString(sql))
                        .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /// `right`, `later`, `too long`, or what was wrong.
    private String outcome() throws Exception {
        HttpResponse<String> response = ask(HEAVY);
        String first = "[\"state of number " + (1_000_000 + ROWS - 1) + "\"";
        return switch (response.statusCode()) {
            case 200 ->
                    response.body().contains("\"rows\":[" + first)
                                    && response.body().contains("\"rowCount\":3")
                            ? "right"
                            : "wrong: " + response.body();
            case 503 ->
                    response.headers().firstValue("Retry-After").isPresent()
                            ? "later"
                            : "no Retry-After: " + response.body();
            case 504 -> response.body().contains("\"timeout\"") ? "too long" : response.body();
            default -> response.statusCode() + " " + response.body();
        };
    }

    private long metric(String name) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/metrics")).build();
        String text = HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
        Matcher line = Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(text);
        assertThat(line.find()).as(name).isTrue();
        return (long) Double.parseDouble(line.group(1));
    }

    @Test
    void neitherStopWritersNorEndTheNode() throws Exception {
        try (TsdbProcess node =
                TsdbProcess.runWith(
                        directory,
                        List.of("-Xmx256m"),
                        Map.of(),
                        "start",
                        "--data=" + directory.resolve("data"),
                        "--http=127.0.0.1:0",
                        "--line-tcp=127.0.0.1:0",
                        "--disk-reserve=1MiB")) {
            url = node.awaitReady();
            for (int from = 0; from < ROWS; from += BATCH) {
                assertThat(write("m", from, Math.min(ROWS, from + BATCH))).isEqualTo(204);
            }
            var asking = new AtomicBoolean(true);
            var written = new AtomicInteger();
            var runningMax = new AtomicInteger();
            List<String> outcomes = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + 1)) {
                Future<Integer> writer = threads.submit(() -> writeOn(asking, written, runningMax));
                var work = new ArrayList<Callable<List<String>>>();
                for (int i = 0; i < CLIENTS; i++) {
                    work.add(this::rounds);
                }
                for (Future<List<String>> one : threads.invokeAll(work)) {
                    outcomes.addAll(one.get());
                }
                asking.set(false);
                assertThat(writer.get()).as("writes that were refused").isZero();
            }
            assertThat(outcomes).allMatch(List.of("right", "later", "too long")::contains);
            assertThat(outcomes).hasSize(CLIENTS * ROUNDS).contains("right");
            System.out.printf(
                    "%d right, %d later, %d batches of %d lines written, at most %d at once%n",
                    outcomes.stream().filter("right"::equals).count(),
                    outcomes.stream().filter("later"::equals).count(),
                    written.get(),
                    BATCH,
                    runningMax.get());
            int threadsMax = Math.max(16, 8 * Runtime.getRuntime().availableProcessors());
            assertThat(runningMax.get()).isBetween(1, threadsMax);
            assertThat(metric("tsdb_query_memory_max_bytes"))
                    .isLessThanOrEqualTo(metric("tsdb_query_memory_limit_bytes"));
            assertThat(ask("SELECT count(*) FROM w").body()).contains("[[" + BATCH + "]]");
            assertThat(node.terminate()).as(node.errors()).isEqualTo(SIGTERM_STATUS);
            assertThat(node.errors()).doesNotContain("OutOfMemory").doesNotContain("ERROR");
        }
    }

    private List<String> rounds() throws Exception {
        var outcomes = new ArrayList<String>();
        for (int i = 0; i < ROUNDS; i++) {
            outcomes.add(outcome());
        }
        return outcomes;
    }

    /// Writes the same batch as long as questions are asked, and a while at least.
    ///
    /// @return how many were not acknowledged
    private int writeOn(AtomicBoolean asking, AtomicInteger written, AtomicInteger runningMax)
            throws Exception {
        int refused = 0;
        while (asking.get() || written.get() < WRITES_MIN) {
            refused += write("w", 0, BATCH) == 204 ? 0 : 1;
            written.incrementAndGet();
            runningMax.accumulateAndGet((int) metric("tsdb_queries_running"), Math::max);
        }
        return refused;
    }
}
