package io.tsdb.cluster.node.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// kill -9 at random moments under load, also while it recovers and flushes: no acknowledged point
/// is lost, none invented, values equal to the bit.
///
/// `-Dtsdb.crash.rounds=200` (profile `soak`) runs longer; `-Dtsdb.seed=N` repeats a run.
class CrashIT {
    private static final int ROUNDS = 20;
    private static final int ROUNDS_OF_A_LIFE = 10;
    private static final int WRITERS = 3;
    private static final int BATCH_LINES = 150;

    @TempDir Path temporary;

    private final HttpClient client = HttpClient.newHttpClient();

    /// A new node every 10 rounds: each round reads everything back, so the time of one life grows
    /// with the square of its rounds.
    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void keepsEveryAcknowledgedPoint() throws Exception {
        int rounds = Integer.getInteger("tsdb.crash.rounds", ROUNDS);
        long seed = Long.getLong("tsdb.seed", 20261123L);
        for (int done = 0; done < rounds; done += ROUNDS_OF_A_LIFE) {
            live(seed + done, Math.min(ROUNDS_OF_A_LIFE, rounds - done));
        }
    }

    private void live(long seed, int rounds) throws Exception {
        System.out.println("CrashIT: " + rounds + " rounds, seed " + seed);
        var random = new Random(seed);
        var ledgers = new ArrayList<Ledger>();
        for (int writer = 0; writer < WRITERS; writer++) {
            ledgers.add(new Ledger(writer, seed));
        }
        Path data = temporary.resolve("data-" + seed);
        for (int round = 0; round < rounds; round++) {
            if (round % 4 == 3) {
                killWhileStarting(data, random);
            }
            try (TsdbProcess node = launch(data)) {
                URI base = URI.create(node.awaitReady());
                assertThat(check(base, ledgers)).as("round " + round).isEmpty();
                load(base, ledgers, node::kill, random);
            }
        }
        try (TsdbProcess node = launch(data)) {
            URI base = URI.create(node.awaitReady());
            assertThat(check(base, ledgers)).as("after the last round").isEmpty();
            int points = ledgers.stream().mapToInt(Ledger::acknowledgedPoints).sum();
            System.out.println("CrashIT: " + points + " acknowledged points, 0 lost");
            assertThat(points).isGreaterThan(1000);
            assertThat(node.terminate()).as("143 is the JVM's own way to say SIGTERM").isIn(0, 143);
        }
        try (TsdbProcess node = launch(data)) {
            assertThat(check(URI.create(node.awaitReady()), ledgers))
                    .as("after a clean stop")
                    .isEmpty();
        }
    }

    /// A stop flushes what it holds, so that the next start has nothing to replay.
    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void replaysNothingAfterAStopUnderLoad() throws Exception {
        long seed = Long.getLong("tsdb.seed", 20261126L);
        var random = new Random(seed);
        var ledgers = List.of(new Ledger(0, seed), new Ledger(1, seed), new Ledger(2, seed));
        Path data = temporary.resolve("data");
        for (int round = 0; round < 3; round++) {
            try (TsdbProcess node = TsdbProcess.start(data, "--shards=2")) {
                URI base = URI.create(node.awaitReady());
                assertThat(get(base.resolve("/metrics"))).contains("tsdb_log_replayed_records 0.0");
                assertThat(check(base, ledgers)).as("round " + round).isEmpty();
                load(base, ledgers, node::terminate, random);
            }
        }
        try (TsdbProcess node = TsdbProcess.start(data)) {
            assertThat(check(URI.create(node.awaitReady()), ledgers)).isEmpty();
            assertThat(ledgers.stream().mapToInt(Ledger::acknowledgedPoints).sum())
                    .isGreaterThan(1000);
        }
    }

    @AfterEach
    void closeClient() {
        client.close();
    }

    private interface End {
        void of() throws InterruptedException;
    }

    /// Flushes every second, so that kills meet flushes, manifests and trims too.
    private static TsdbProcess launch(Path data) throws IOException {
        return TsdbProcess.start(data, "--flush-age=1s", "--shards=2");
    }

    private static void killWhileStarting(Path data, Random random) throws Exception {
        try (TsdbProcess node = launch(data)) {
            // Waiting by the clock is the point here: the kill comes at a random moment of
            // recovery.
            TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(800));
            node.kill();
        }
    }

    private void load(URI base, List<Ledger> ledgers, End end, Random random) throws Exception {
        var threads = new ArrayList<Thread>();
        for (Ledger ledger : ledgers) {
            Thread thread = new Thread(() -> write(base, ledger), "writer");
            threads.add(thread);
            thread.start();
        }
        TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(2300));
        end.of();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void write(URI base, Ledger ledger) {
        URI target = base.resolve("/write?db=crash");
        try {
            while (true) {
                var request =
                        HttpRequest.newBuilder(target)
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                ledger.nextBatch(BATCH_LINES)))
                                .build();
                HttpResponse<String> response =
                        client.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 503) {
                    return; // it stops: nothing is said of what was in flight
                }
                if (response.statusCode() != 204) {
                    throw new IllegalStateException(response.statusCode() + " " + response.body());
                }
                ledger.acknowledge();
            }
        } catch (IOException e) {
            // The node was killed: what was in flight stays unknown.
            assertThat(e.getMessage()).as("connection ended").isNotEqualTo("");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> check(URI base, List<Ledger> ledgers) throws Exception {
        Map<String, TreeMap<Long, Long>> stored = read(base);
        var wrong = new ArrayList<String>();
        for (Ledger ledger : ledgers) {
            wrong.addAll(ledger.check(stored));
        }
        return wrong.size() > 20 ? wrong.subList(0, 20) : wrong;
    }

    private String get(URI address) throws Exception {
        var request = HttpRequest.newBuilder(address).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private Map<String, TreeMap<Long, Long>> read(URI base) throws Exception {
        var request =
                HttpRequest.newBuilder(
                                base.resolve(
                                        "/api/v1/sql?db=crash&format=csv&epoch=ns&q="
                                                + "SELECT+time,dev,n,f,s+FROM+crash"))
                        .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        var stored = new HashMap<String, TreeMap<Long, Long>>();
        if (response.statusCode() != 200) {
            assertThat(response.body()).contains("unknown_");
            return stored;
        }
        String[] lines = response.body().split("\r\n");
        for (int i = 1; i < lines.length; i++) {
            String[] cells = lines[i].split(",", -1);
            long number = Long.parseLong(cells[2]);
            assertThat(Double.doubleToRawLongBits(Double.parseDouble(cells[3])))
                    .as(lines[i])
                    .isEqualTo(Double.doubleToRawLongBits(number / 10.0));
            assertThat(cells[4]).as(lines[i]).isEqualTo("text " + number % 7);
            Long before =
                    stored.computeIfAbsent(cells[1], _ -> new TreeMap<>())
                            .put(Long.parseLong(cells[0]), number);
            assertThat(before).as("one row for " + lines[i]).isNull();
        }
        return stored;
    }
}
