package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A node with little memory, and more of everything than it has room for at once: series without
/// end, wide rows, heavy questions.
class MemoryIT {
    private static final long SEED = Long.getLong("tsdb.seed", System.nanoTime());
    private static final long LIMIT_BYTES = 72L << 20;
    private static final int WRITERS = 3;
    private static final int ASKERS = 6;
    private static final int BATCHES = Integer.getInteger("tsdb.memory.batches", 10);
    private static final int LINES = 2_000;
    private static final int SIGTERM_STATUS = 143;

    private static final List<String> HEAVY =
            List.of(
                    "SELECT s, count(*), avg(f0), max(f4) FROM m GROUP BY s ORDER BY s DESC LIMIT"
                            + " 3",
                    "SELECT * FROM m ORDER BY s DESC LIMIT 1000000",
                    "SELECT count(DISTINCT s) FROM m",
                    "SELECT id, last(s), sum(f1) FROM m GROUP BY id ORDER BY 1 LIMIT 5",
                    "SELECT * FROM m LATEST BY id",
                    "SELECT s || upper(s) FROM m");

    @TempDir Path directory;
    private final HttpClient client = HttpClient.newHttpClient();
    private String url = "";

    @AfterEach
    void stop() {
        client.close();
    }

    private TsdbProcess launch(String heap, String... more) throws IOException {
        var arguments = new ArrayList<>(List.of("start", "--data=" + directory.resolve("data")));
        arguments.addAll(List.of("--http=127.0.0.1:0", "--line-tcp=off", "--disk-reserve=1MiB"));
        arguments.addAll(List.of(more));
        return TsdbProcess.runWith(
                directory, List.of(heap), Map.of(), arguments.toArray(String[]::new));
    }

    private HttpResponse<String> send(String target, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + target));
        if (!body.isEmpty()) {
            request.header("Content-Type", "text/plain")
                    .POST(HttpRequest.BodyPublishers.ofString(body));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /// Three of four lines are of series that never were before.
    private static String lines(Random random, int batch) {
        var lines = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            int id = i % 4 == 0 ? random.nextInt(500) : random.nextInt();
            lines.append("m,id=").append(id).append(",site=north-").append(id & 7);
            lines.append(" s=\"state of number ").append(random.nextInt(100_000)).append('"');
            for (int f = 0; f < 5; f++) {
                lines.append(",f").append(f).append('=').append(random.nextDouble());
            }
            lines.append(' ').append(1_700_000_000L + batch * 100L + i % 100).append('\n');
        }
        return lines.toString();
    }

    /// What came of a request, in a word; what none may come to, in whole.
    private static String outcome(HttpResponse<String> answer) {
        String body = answer.body().substring(0, Math.min(300, answer.body().length()));
        return switch (answer.statusCode()) {
            case 200, 204 -> "done";
            case 400 -> body.contains("no room for a new series") ? "partial" : body;
            case 422 -> body.contains("limit_exceeded") ? "too much" : body;
            case 503 -> answer.headers().firstValue("Retry-After").isPresent() ? "later" : body;
            case 504 -> "too long";
            default -> answer.statusCode() + " " + body;
        };
    }

    private Map<String, Long> metrics(String name) throws Exception {
        var found = new TreeMap<String, Long>();
        Matcher lines =
                Pattern.compile("(?m)^" + name + "(?:\\{part=\"([a-z_]+)\"})? (\\S+)$")
                        .matcher(send("/metrics", "").body());
        while (lines.find()) {
            String part = lines.group(1) == null ? "" : lines.group(1);
            found.put(part, (long) Double.parseDouble(lines.group(2)));
        }
        return found;
    }

    private static long sum(Map<String, Long> bytes) {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void moreThanThereIsRoomForIsRefusedAndEndsNothing() throws Exception {
        System.out.println("seed " + SEED);
        try (TsdbProcess node = launch("-Xmx160m", "--memory=72MiB", "--query-timeout=20s")) {
            url = node.awaitReady();
            assertThat(metrics("tsdb_memory_limit_bytes")).containsEntry("", LIMIT_BYTES);
            String first = "n v=1 1\n" + lines(new Random(SEED), 0);
            assertThat(send("/write?db=d&precision=s", first).statusCode()).isEqualTo(204);
            var writing = new AtomicBoolean(true);
            Map<String, Integer> outcomes = new ConcurrentHashMap<>();
            Map<String, Long> most = new ConcurrentSkipListMap<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS + ASKERS)) {
                var writers = new ArrayList<Future<?>>();
                for (int i = 0; i < WRITERS; i++) {
                    int writer = i;
                    writers.add(threads.submit(() -> write(writer, outcomes, most)));
                }
                var askers = new ArrayList<Future<?>>();
                for (int i = 0; i < ASKERS; i++) {
                    String sql = HEAVY.get(i % HEAVY.size());
                    askers.add(threads.submit(() -> ask(sql, writing, outcomes)));
                }
                try {
                    for (Future<?> one : writers) {
                        one.get();
                    }
                } finally {
                    writing.set(false);
                }
                for (Future<?> one : askers) {
                    one.get();
                }
            }
            System.out.println(outcomes + ", most bytes: " + most);
            assertThat(outcomes.keySet())
                    .isSubsetOf(
                            "write done",
                            "write partial",
                            "write later",
                            "ask done",
                            "ask too much",
                            "ask later",
                            "ask too long");
            assertThat(outcomes).containsKey("write partial");
            assertThat(send("/write?db=d&precision=s", "n v=2 2").statusCode()).isEqualTo(204);
            assertThat(send("/api/v1/sql?db=d", "SELECT sum(v) FROM n").body())
                    .contains("\"rows\":[[3.0]]");
            assertThat(node.terminate()).as(node.errors()).isEqualTo(SIGTERM_STATUS);
            assertThat(node.errors()).doesNotContain("OutOfMemory").doesNotContain("BUG");
        }
    }

    /// Sends again what is refused, and looks after each request how much memory is used.
    ///
    /// @return requests
    private int write(int writer, Map<String, Integer> outcomes, Map<String, Long> most)
            throws Exception {
        var random = new Random(SEED + writer);
        int sent = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            String lines = lines(random, batch);
            String outcome = "later";
            while (outcome.equals("later")) {
                outcome = outcome(send("/write?db=d&precision=s", lines));
                outcomes.merge("write " + outcome, 1, Integer::sum);
                sent++;
                look(most);
            }
        }
        return sent;
    }

    private void look(Map<String, Long> most) throws Exception {
        Map<String, Long> used = metrics("tsdb_memory_used_bytes");
        assertThat(used).hasSize(8);
        used.forEach((part, bytes) -> most.merge(part, bytes, Math::max));
        most.merge("", sum(used), Math::max);
        assertThat(sum(used)).as(used.toString()).isLessThanOrEqualTo(LIMIT_BYTES);
        assertThat(sum(metrics("tsdb_memory_reserved_bytes"))).isLessThanOrEqualTo(LIMIT_BYTES);
    }

    /// @return requests
    private int ask(String sql, AtomicBoolean writing, Map<String, Integer> outcomes)
            throws Exception {
        int sent = 0;
        while (writing.get()) {
            outcomes.merge("ask " + outcome(send("/api/v1/sql?db=d", sql)), 1, Integer::sum);
            sent++;
        }
        return sent;
    }

    @Test
    void settingsThatDoNotFitEndTheStartWithALine() throws Exception {
        try (TsdbProcess node = launch("-Xmx160m", "--head-memory=1GiB")) {
            assertThat(node.awaitEnd()).as(node.errors()).isEqualTo(2);
            assertThat(node.errors().lines().filter(line -> line.startsWith("tsdb start: ")))
                    .singleElement()
                    .asString()
                    .startsWith("tsdb start: head-memory: 1024MiB does not fit into memory")
                    .contains("TSDB_MEMORY_MIB");
            assertThat(node.errors()).doesNotContain("\tat ");
        }
    }
}
