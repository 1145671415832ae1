package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What an operator lives with: settings read again, the node's own metrics, last words.
class OperationIT {
    private static final int SIGTERM_STATUS = 128 + 15;

    /// What the JVM ends with when it runs out of memory.
    private static final int OUT_OF_MEMORY_STATUS = 3;

    @TempDir Path directory;
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        client.close();
    }

    private String send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    private String sql(String url, String database, String statement) throws Exception {
        return send(
                HttpRequest.newBuilder(
                        URI.create(
                                url
                                        + "/api/v1/sql?format=csv&db="
                                        + database
                                        + "&q="
                                        + URLEncoder.encode(statement, StandardCharsets.UTF_8))));
    }

    private static void awaitLog(TsdbProcess node, String text) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!node.errors().contains(text)) {
            assertThat(System.nanoTime()).as(node.errors()).isLessThan(deadline);
        }
    }

    @Test
    void settingsAreReadAgainBySignalAndByRequest() throws Exception {
        assumeThat(ignoresHangUp())
                .as("SIGHUP is ignored here, as under nohup, and so by what is started here")
                .isFalse();
        Path file = Files.writeString(directory.resolve("tsdb.conf"), "slow-query = off\n");
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("data"), "--config=" + file)) {
            String url = node.awaitReady();
            Files.writeString(file, "slow-query = 1ms\nlog-format = json\nshards = 9\n");
            new ProcessBuilder("kill", "-HUP", Long.toString(node.pid())).start().waitFor();
            awaitLog(node, "settings were read again: [log-format, slow-query] changed, [shards]");
            sql(url, "d", "CREATE DATABASE d");
            awaitLog(node, "\"message\":\"slow statement:");
            Files.writeString(file, "slow-query = 1ms\nlog-format = text\nshards = 9\n");
            HttpRequest.Builder reload =
                    HttpRequest.newBuilder(URI.create(url + "/api/v1/settings/reload"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.noBody());
            assertThat(send(reload))
                    .isEqualTo("{\"applied\":[\"log-format\"],\"needStart\":[\"shards\"]}\n");
            Files.writeString(file, "slow-query = soon\n");
            assertThat(send(reload)).contains("tsdb.conf:1").contains("soon");
            assertThat(node.terminate()).isEqualTo(SIGTERM_STATUS);
            assertThat(node.errors()).contains("audit what=[reload settings] outcome=done");
        }
    }

    /// As of whoever rotates a secret while a node starts, which takes minutes after a crash: the
    /// signal comes while the node waits for its settings, read from a pipe, and they are read
    /// again once it serves.
    @Test
    void aHangUpDuringAStartIsRemembered() throws Exception {
        assumeThat(ignoresHangUp())
                .as("SIGHUP is ignored here, as under nohup, and so by what is started here")
                .isFalse();
        Path pipe = directory.resolve("tsdb.conf");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("data"), "--config=" + pipe)) {
            try (OutputStream settings = Files.newOutputStream(pipe)) { // opened by both, or none
                new ProcessBuilder("kill", "-HUP", Long.toString(node.pid())).start().waitFor();
                settings.write("slow-query = off\n".getBytes(StandardCharsets.UTF_8));
                Files.delete(pipe);
                Files.writeString(pipe, "slow-query = 1ms\n"); // a file from now on
            }
            node.awaitReady();
            awaitLog(node, "settings were read again: [slow-query] changed");
            assertThat(node.terminate()).isEqualTo(SIGTERM_STATUS);
        }
    }

    private static boolean ignoresHangUp() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(
                                line ->
                                        (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1)
                                                != 0);
    }

    /// They do not count themselves, and there are no more of them at each look.
    @Test
    void theNodeKeepsItsOwnMetrics() throws Exception {
        try (TsdbProcess node =
                TsdbProcess.start(
                        directory.resolve("data"),
                        "--system-metrics=100ms",
                        "--system-retention=3d")) {
            String url = node.awaitReady();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
            while (!sql(url, "_system", "SELECT count(*) >= 10 FROM node").contains("true")) {
                assertThat(System.nanoTime()).as(node.errors()).isLessThan(deadline);
            }
            assertThat(sql(url, "_system", "SHOW RETENTION")).contains("3d");
            assertThat(
                            sql(
                                    url,
                                    "_system",
                                    "SELECT max(tsdb_points_written_total), min(tsdb_shards) > 0,"
                                            + " count(DISTINCT node) FROM node"))
                    .contains("0.0,true,1");
            assertThat(sql(url, "_system", "SELECT max(value) > 0 FROM jvm_memory_used_bytes"))
                    .contains("true");
            String before = sql(url, "_system", "SHOW CARDINALITY");
            String at = sql(url, "_system", "SELECT count(*) FROM node").lines().toList().get(1);
            while (sql(url, "_system", "SELECT count(*) FROM node").contains(at)) {
                assertThat(System.nanoTime()).as(node.errors()).isLessThan(deadline);
            }
            assertThat(sql(url, "_system", "SHOW CARDINALITY").lines().count())
                    .isLessThanOrEqualTo(before.lines().count() + 20);
            assertThat(node.errors()).doesNotContain("own metrics");
        }
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("none"))) {
            assertThat(sql(node.awaitReady(), "d", "SHOW DATABASES")).doesNotContain("_system");
        }
    }

    /// The flags of the launcher for a node that runs out of memory, and those that are given.
    private static List<String> flags(String... more) throws IOException {
        var flags = new ArrayList<>(List.of(more));
        flags.addAll(List.of(inLauncher("full_heap=").split(" ")));
        flags.add(inLauncher("last_words="));
        return flags;
    }

    private static String inLauncher(String name) throws IOException {
        String launcher = Files.readString(Path.of("..", "deploy", "package", "jvm.sh"));
        return launcher.lines()
                .filter(line -> line.strip().startsWith(name))
                .map(line -> line.substring(line.indexOf('"') + 1, line.lastIndexOf('"')))
                .findFirst()
                .orElseThrow();
    }

    private TsdbProcess launch(Path data, List<String> flags, String... more) throws IOException {
        var arguments = new ArrayList<String>();
        arguments.addAll(List.of("start", "--data=" + data, "--http=127.0.0.1:0"));
        arguments.addAll(List.of("--line-tcp=off", "--disk-reserve=1MiB"));
        arguments.addAll(List.of(more));
        return TsdbProcess.runFromClasses(directory, flags, arguments.toArray(String[]::new));
    }

    private static void assertLastWords(TsdbProcess node) throws InterruptedException {
        assertThat(node.awaitEnd()).as(node.errors()).isEqualTo(OUT_OF_MEMORY_STATUS);
        List<String> words = node.errors().lines().toList();
        assertThat(words.getLast()).startsWith("Terminating due to java.lang.OutOfMemoryError");
        assertThat(words.get(words.size() - 2)).startsWith("tsdb: out of memory");
    }

    /// Here it is the memory of classes that ends.
    @Test
    void memoryThatIsTooSmallIsSaidLast() throws Exception {
        List<String> flags = flags("-XX:MaxMetaspaceSize=12m");
        try (TsdbProcess node = launch(directory.resolve("data"), flags)) {
            assertLastWords(node);
        }
    }

    /// A heap that is full, by a statement and something that nobody counts, while others write:
    /// the end is said, and what was acknowledged until then is there after the next start.
    @Test
    void aFullHeapIsSaidLastAndNothingAcknowledgedIsLost() throws Exception {
        Path data = directory.resolve("data");
        List<String> flags = flags("-Xmx160m", Ballast.flag(directory, 96));
        long acknowledged;
        try (TsdbProcess node =
                launch(data, flags, "--query-budget=56MiB", "--query-memory=56MiB")) {
            String url = node.awaitReady();
            var rows = new StringBuilder();
            for (int i = 0; i < 3_000; i++) {
                rows.append("m,t=").append(i % 7).append(" v=").append(i).append(' ');
                rows.append(i + 1).append('\n');
            }
            assertThat(write(url, rows.toString())).isTrue();
            // nine million rows with a text of its own each, none of which can be let go
            String large =
                    "SELECT concat(a.v::string, '-', b.v::string, '-', repeat('x', 100)) AS s"
                            + " FROM m a, m b ORDER BY s";
            var request =
                    HttpRequest.newBuilder(
                            URI.create(
                                    url
                                            + "/api/v1/sql?db=d&q="
                                            + URLEncoder.encode(large, StandardCharsets.UTF_8)));
            var answer = client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
            acknowledged = 0;
            while (write(url, "n v=%d %d".formatted(acknowledged, acknowledged + 1))) {
                acknowledged++;
                assertThat(answer.isDone()).as("it was refused, or fits").isFalse();
            }
            assertLastWords(node);
            assertThat(answer).failsWithin(Duration.ofMinutes(1)); // it ended with the node
        }
        try (TsdbProcess node = launch(data, List.of())) {
            String url = node.awaitReady();
            assertThat(sql(url, "d", "SELECT count(*) FROM m")).contains("3000");
            long found =
                    Long.parseLong(sql(url, "d", "SELECT count(*) FROM n").lines().toList().get(1));
            // the last one was written perhaps, and not answered
            assertThat(found).isBetween(acknowledged, acknowledged + 1);
            System.out.printf(
                    "a full heap: %d points acknowledged while it filled, %d found%n",
                    acknowledged, found);
        }
    }

    /// @return false when the node has gone
    private boolean write(String url, String lines) throws InterruptedException {
        try {
            var request =
                    HttpRequest.newBuilder(URI.create(url + "/write?db=d"))
                            .timeout(Duration.ofSeconds(100))
                            .POST(HttpRequest.BodyPublishers.ofString(lines));
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode()
                    == 204;
        } catch (IOException _) {
            return false;
        }
    }

    /// With a statement that would run for hours, and what the last run left in the log.
    @Test
    void aStopWaitsForNoStatementAndAStartSaysWhatItFound() throws Exception {
        Path data = directory.resolve("data");
        try (TsdbProcess node = TsdbProcess.start(data)) {
            String url = node.awaitReady();
            var lines = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                lines.append("m,t=").append(i % 7).append(" v=").append(i).append(' ');
                lines.append(i + 1).append('\n');
            }
            send(
                    HttpRequest.newBuilder(URI.create(url + "/write?db=d"))
                            .POST(HttpRequest.BodyPublishers.ofString(lines.toString())));
            var endless =
                    HttpRequest.newBuilder(
                            URI.create(
                                    url
                                            + "/api/v1/sql?db=d&q=SELECT+count(*)+FROM+m+a,m+b,m+c,"
                                            + "m+d,m+e,m+f"));
            var answer = client.sendAsync(endless.build(), HttpResponse.BodyHandlers.ofString());
            while (!sql(url, "d", "SHOW QUERIES").contains("m f")) {
                assertThat(answer).isNotDone();
            }
            long began = System.nanoTime();
            assertThat(node.terminate()).isEqualTo(SIGTERM_STATUS);
            System.out.printf("stopped after %d ms%n", (System.nanoTime() - began) / 1_000_000);
            assertThat(node.errors()).containsPattern("StartCommand stopped in \\d+ ms\n$");
        }
        try (TsdbProcess node = TsdbProcess.start(data)) {
            assertThat(sql(node.awaitReady(), "d", "SELECT count(*) FROM m")).contains("200");
            assertThat(node.errors())
                    .containsPattern("shards opened in \\d+ ms: 1 databases, 7 series, ")
                    .containsPattern("log: \\d+ entries applied in \\d+ ms")
                    .containsPattern("started in \\d+ ms \\(settings and tokens \\d+ ms, store");
        }
    }
}
