package io.tsdb.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.loadgen.MemoryServer.Behaviour;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `load` and `verify` as a user runs them, against a server that behaves or does not.
class LoadVerifyTest {
    @TempDir Path directory = Path.of("");

    private final MemoryServer server = new MemoryServer();
    private String output = "";

    LoadVerifyTest() throws IOException {}

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private int run(String... arguments) {
        StringWriter text = new StringWriter();
        int status = Main.commandLine().setOut(new PrintWriter(text)).execute(arguments);
        output = text.toString();
        return status;
    }

    /// Options of the test stand before those given here, unless they are the same.
    private int load(String... more) {
        Map<String, String> common = new LinkedHashMap<>();
        common.put("--url", server.url());
        common.put("--scale", "23");
        common.put("--span", "20m");
        common.put("--batch", "100");
        common.put("--connections", "3");
        common.put("--ledger", directory.resolve("ledger").toString());
        common.put("--retry-for", "5s");
        List<String> all = new ArrayList<>(List.of("load", "--quiet"));
        common.forEach(
                (name, value) -> {
                    if (!List.of(more).contains(name)) {
                        all.addAll(List.of(name, value));
                    }
                });
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }

    private int verify(String... more) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "verify",
                                "--url",
                                server.url(),
                                "--ledger",
                                directory.resolve("ledger").toString()));
        all.addAll(List.of(more));
        if (!all.contains("--series")) {
            all.addAll(List.of("--series", "4"));
        }
        return run(all.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu-only", "devops", "iot", "sensors", "churn", "cardinality"})
    void findsEverythingThatAGoodServerKeeps(String workload) {
        assertThat(load("--workload", workload)).as(output).isZero();
        assertThat(server.points()).isPositive();
        assertThat(verify()).as(output).isZero();
        assertThat(output).contains("lost 0, invented 0, different 0").endsWith("kept\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu-only", "iot", "sensors"})
    void expectsTheLaterWriteOfLateAndDuplicatePoints(String workload) {
        assertThat(
                        load(
                                "--workload",
                                workload,
                                "--out-of-order",
                                "0.3",
                                "--duplicates",
                                "0.2",
                                "--in-flight",
                                "3"))
                .as(output)
                .isZero();
        assertThat(verify()).as(output).isZero();
    }

    @Test
    void tellsWhenAnEarlierDuplicateWon() {
        // A server that keeps the first write of a point instead of the last one.
        java.util.Set<String> known = java.util.concurrent.ConcurrentHashMap.newKeySet();
        server.onLine(line -> known.add(line.replaceFirst(" [^ ]+ ", " ")) ? line : "");
        assertThat(load("--duplicates", "0.2")).isZero();
        assertThat(verify()).isOne();
        assertThat(output)
                .contains("lost 0, invented 0")
                .contains("different: cpu row")
                .endsWith("NOT KEPT\n");
    }

    @Test
    void namesLostPoints() {
        server.onWrite(request -> request == 5 ? Behaviour.FORGET : Behaviour.ACCEPT);
        assertThat(load()).isZero();
        assertThat(verify("--series", "0")).isOne();
        assertThat(output)
                .contains("lost 100, invented 0, different 0")
                .contains("lost: cpu hostname=host_");
    }

    @Test
    void namesInventedAndDifferentPoints() {
        assertThat(load()).isZero();
        server.store("cpu,hostname=host_1 usage_user=1i 1451606400000000001", 1);
        server.store("cpu,hostname=host_99 usage_user=1i 1451606400000000000", 1);
        server.store("cpu,hostname=host_1 usage_user=1i 1", 1);
        assertThat(verify("--series", "0")).isOne();
        assertThat(output)
                .contains("lost 0, invented 3, different 0")
                .contains("host_99")
                .contains("the rest is older or newer");
    }

    @Test
    void namesAChangedValue() {
        server.onLine(
                line ->
                        line.contains("hostname=host_7,") && line.endsWith("1451606400000000000")
                                ? line.replaceFirst("usage_idle=\\d+i", "usage_idle=777i")
                                : line);
        assertThat(load()).isZero();
        assertThat(verify("--series", "0")).isOne();
        assertThat(output).contains("different 1").contains("usage_idle must be");
    }

    @Test
    void sendsAgainAfterOverload() {
        server.onWrite(request -> request % 3 == 1 ? Behaviour.OVERLOADED : Behaviour.ACCEPT);
        assertThat(load("--in-flight", "2")).as(output).isZero();
        assertThat(output).contains("error").contains("503").contains("given up 0 batches");
        assertThat(verify()).as(output).isZero();
    }

    @Test
    void sendsAgainWhenAConnectionBreaksAfterTheWrite() {
        server.onWrite(request -> request % 7 == 3 ? Behaviour.STORE_AND_VANISH : Behaviour.ACCEPT);
        assertThat(load("--duplicates", "0.1")).as(output).isZero();
        assertThat(verify()).as(output).isZero();
    }

    @Test
    void allowsButDoesNotDemandWhatWasRefused() {
        server.onWrite(request -> request == 4 ? Behaviour.REFUSE : Behaviour.ACCEPT);
        assertThat(load()).as("a batch given up is no success").isOne();
        assertThat(output)
                .contains("400 {\"error\":\"line # refused\"}")
                .contains("given up 1 batches (100 lines)");
        assertThat(verify()).as(output).isZero();
    }

    @Test
    void goesOnWithALedgerWhereARunEnded() {
        assertThat(load("--workload", "iot", "--duplicates", "0.1")).isZero();
        long all = server.points();
        Path ledger = directory.resolve("ledger");
        // What a kill leaves behind: the last acknowledgements are missing, and the last record is
        // torn.
        truncate(ledger, size(ledger) - 24 * 10 - 7);
        assertThat(load("--workload", "iot", "--duplicates", "0.1")).isZero();
        assertThat(output).contains("going on after");
        assertThat(server.points()).isEqualTo(all);
        assertThat(verify()).as(output).isZero();
        assertThat(load("--workload", "iot")).as("the ledger of another run").isNotZero();
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void truncate(Path file, long size) {
        try (var channel =
                java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
            channel.truncate(size);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2", "v3"})
    void speaksEachHttpProtocolInEachPrecision(String protocol) {
        assertThat(
                        load(
                                "--protocol",
                                protocol,
                                "--precision",
                                "ms",
                                "--gzip",
                                "--workload",
                                "sensors"))
                .isZero();
        assertThat(server.lastWrite())
                .isEqualTo(
                        switch (protocol) {
                            case "v1" -> "/write?db=bench&precision=ms";
                            case "v2" -> "/api/v2/write?org=loadgen&bucket=bench&precision=ms";
                            default -> "/api/v3/write_lp?db=bench&precision=millisecond";
                        });
        assertThat(verify()).as(output).isZero();
    }

    @Test
    void sendsOverTcpWhereNothingIsAcknowledged() {
        assertThat(load("--protocol", "tcp", "--url", server.tcpAddress())).isZero();
        assertThat(verify()).as("sent points are allowed, not demanded").isZero();
        assertThat(output)
                .contains("found 0, lost 0")
                .contains("2,760 more from writes without an answer");
        assertThat(verify("--expect-sent")).isZero();
        assertThat(output).contains("found 2,760, lost 0");
    }

    @Test
    void writesAnHtmlPageThatFetchesNothing() throws IOException {
        Path html = directory.resolve("report.html");
        Path json = directory.resolve("report.json");
        assertThat(load("--html", html.toString(), "--json", json.toString())).isZero();
        assertThat(Files.readString(html))
                .contains("<svg")
                .doesNotContain("src=", "href=", "@import", "<script", "url(");
        assertThat(Files.readString(json)).contains("\"lines\" : 2760").contains("\"samples\"");
    }

    @Test
    void chargesTheServerForBatchesThatHadToWait() {
        // The first answer comes late, so all batches that were due meanwhile are late, though each
        // is then answered at once.
        server.onWrite(
                request -> {
                    if (request == 0) {
                        java.util.concurrent.locks.LockSupport.parkNanos(300_000_000L);
                    }
                    return Behaviour.ACCEPT;
                });
        Path json = directory.resolve("report.json");
        assertThat(load("--connections", "1", "--rate", "10000", "--json", json.toString()))
                .isZero();
        assertThat(number(json, "latency", "mean")).isGreaterThan(number(json, "service", "mean"));
    }

    private static double number(Path json, String part, String name) {
        return tools.jackson.databind.json.JsonMapper.shared()
                .readTree(json)
                .get(part)
                .get(name)
                .doubleValue();
    }
}
