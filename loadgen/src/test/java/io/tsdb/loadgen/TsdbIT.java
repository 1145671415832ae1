package io.tsdb.loadgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Against tsdb itself, as a process: what was acknowledged is there after kill -9, what is lost or
/// overwritten behind the ledger's back is found, and answers are what the seed says.
class TsdbIT {
    private static final Path BUILT = Path.of("..", "tsdb-cluster", "target").toAbsolutePath();
    private static final int SECONDS_MAX = 120;

    @TempDir Path directory = Path.of("");
    private String output = "";

    @BeforeAll
    static void isBuilt() {
        assumeTrue(
                Files.exists(BUILT.resolve("tsdb.options")),
                "tsdb is not built: run the tests from the root, or mvn package there first");
    }

    private record Node(Process process, String url) implements AutoCloseable {
        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /// On the same port again after a kill, since the clients know only that one.
    private Node start(int port) throws IOException, InterruptedException {
        String url = "http://127.0.0.1:" + port;
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "@" + BUILT.resolve("tsdb.options"),
                                "-Xmx512m",
                                "-cp",
                                BUILT.resolve("lib") + "/*",
                                "io.tsdb.cluster.node.Main",
                                "start",
                                "--data=" + directory.resolve("data"),
                                "--disk-reserve=1MiB",
                                "--http=127.0.0.1:" + port,
                                "--line-tcp=127.0.0.1:0")
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log-" + System.nanoTime()).toFile())
                        .start();
        try (HttpClient http = HttpClient.newHttpClient()) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
            while (!isReady(http, url)) {
                assertThat(process.isAlive()).as("tsdb ended").isTrue();
                assertThat(System.nanoTime()).as("tsdb is not ready").isLessThan(end);
            }
        }
        return new Node(process, url);
    }

    private static boolean isReady(HttpClient http, String url) throws InterruptedException {
        try {
            HttpRequest ready = HttpRequest.newBuilder(URI.create(url + "/ready")).build();
            return http.send(ready, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private int run(String... arguments) {
        StringWriter text = new StringWriter();
        int status = Main.commandLine().setOut(new PrintWriter(text)).execute(arguments);
        output = text.toString();
        return status;
    }

    private int verify(String url) {
        return run("verify", "--url", url, "--ledger", ledger(), "--series", "5");
    }

    private String ledger() {
        return directory.resolve("ledger").toString();
    }

    @Test
    void keepsWhatItAcknowledgedThroughAKill() throws Exception {
        int port = freePort();
        String[] load = {
            "load",
            "--quiet",
            "--url",
            "http://127.0.0.1:" + port,
            "--ledger",
            ledger(),
            "--workload",
            "sensors",
            "--scale",
            "100",
            "--span",
            "4h",
            "--batch",
            "200",
            "--rate",
            "40000",
            "--retry-for",
            "60s",
            "--out-of-order",
            "0.1",
            "--duplicates",
            "0.1"
        };
        try (var background = Executors.newSingleThreadExecutor()) {
            Future<Integer> loaded;
            try (Node first = start(port)) {
                loaded = background.submit(() -> Main.commandLine().execute(load));
                long records = 100L * 24;
                while (!Files.exists(Path.of(ledger()))
                        || Files.size(Path.of(ledger())) < records) {
                    assertThat(loaded.isDone()).as("over before the kill").isFalse();
                }
                first.process().destroyForcibly().waitFor();
            }
            assertThat(loaded.isDone()).as("over before the kill").isFalse();
            try (Node second = start(port)) {
                assertThat(loaded.get(SECONDS_MAX, TimeUnit.SECONDS)).isZero();
                assertThat(verify(second.url())).as(output).isZero();
                assertThat(output).contains("lost 0, invented 0, different 0").endsWith("kept\n");
            }
        }
    }

    @Test
    void answersEveryQueryAsTheSeedSays() throws Exception {
        try (Node node = start(freePort())) {
            for (String workload : List.of("cpu-only", "iot")) {
                String[] data = {
                    "--url",
                    node.url(),
                    "--db",
                    workload,
                    "--workload",
                    workload,
                    "--scale",
                    "20",
                    "--span",
                    "13h",
                    "--interval",
                    "60s"
                };
                assertThat(run(joined(data, "load", "--quiet", "--orderly"))).as(output).isZero();
                assertThat(run(joined(data, "query", "--runs", "2", "--check", "2", "--orderly")))
                        .as(output)
                        .isZero();
                assertThat(output).contains(workload.equals("iot") ? "last-loc" : "lastpoint");
            }
        }
    }

    @Test
    void findsWhatWasChangedBehindTheLedger() throws Exception {
        try (Node node = start(freePort())) {
            String[] data = {
                "load",
                "--quiet",
                "--url",
                node.url(),
                "--ledger",
                ledger(),
                "--scale",
                "5",
                "--span",
                "10m"
            };
            assertThat(run(data)).as(output).isZero();
            assertThat(verify(node.url())).as(output).isZero();
            write(node.url(), "DROP DATABASE bench");
            assertThat(verify(node.url())).isOne();
            assertThat(output).contains("found 0, lost 300").endsWith("NOT KEPT\n");
        }
    }

    private static void write(String url, String statement) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url + "/api/v1/sql?db=bench"))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            "q=" + statement.replace(' ', '+')))
                            .build();
            assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        }
    }

    private static String[] joined(String[] after, String... before) {
        var all = new ArrayList<>(List.of(before));
        all.addAll(List.of(after));
        return all.toArray(String[]::new);
    }
}
