package io.tsdb.loadgen.cluster;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Writes numbers from 0 on at one node, a batch after the other, and asks all nodes for them: an
/// answer must have at least those that were acknowledged before it was asked for, and none that
/// were not sent. A node that cannot say what was acknowledged may refuse; it must not answer with
/// less. What does not hold is kept as text.
final class CountingClient implements AutoCloseable {
    private static final int BATCH = 50;
    private static final long START = 1_750_000_000_000_000_000L;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);
    private static final int UNAVAILABLE = 503;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ProxiedCluster cluster;
    private final String measurement;
    private final int node;
    private final List<Thread> threads = new ArrayList<>();

    /// What follows is guarded by this.
    private boolean goesOn = true;

    private long acknowledged;
    private long sent;
    private long answers;
    private long refusals;
    private long gapNanosMax;
    private final List<String> faults = new ArrayList<>();

    /// @param node that takes the writes
    CountingClient(ProxiedCluster cluster, String measurement, int node) {
        this.cluster = cluster;
        this.measurement = measurement;
        this.node = node;
        threads.add(Thread.ofVirtual().start(this::write));
        for (int asked = 0; asked < ProxiedCluster.SIZE; asked++) {
            int one = asked;
            threads.add(Thread.ofVirtual().start(() -> askAgainAndAgain(one)));
        }
    }

    private synchronized boolean goesOn() {
        return goesOn && faults.isEmpty();
    }

    private synchronized void fault(String text) {
        faults.add(text);
        notifyAll();
    }

    private void write() {
        try {
            while (goesOn()) {
                long from;
                synchronized (this) {
                    from = sent;
                    sent += BATCH;
                }
                var lines = new StringBuilder();
                for (long n = from; n < from + BATCH; n++) {
                    lines.append(
                            "%s,dev=d%d n=%di %d\n".formatted(measurement, n % 7, n, START + n));
                }
                long began = System.nanoTime();
                HttpResponse<String> answer =
                        http.send(
                                HttpRequest.newBuilder(
                                                URI.create(cluster.url(node) + "/write?db=count"))
                                        .timeout(ANSWER_MAX)
                                        .POST(HttpRequest.BodyPublishers.ofString(lines.toString()))
                                        .build(),
                                BodyHandlers.ofString());
                if (answer.statusCode() != 204) {
                    fault("a write was refused: " + answer.statusCode() + " " + answer.body());
                }
                synchronized (this) {
                    gapNanosMax = Math.max(gapNanosMax, System.nanoTime() - began);
                    acknowledged += BATCH;
                    notifyAll();
                }
            }
        } catch (IOException | InterruptedException e) {
            fault("a write failed: " + e);
        }
    }

    private void askAgainAndAgain(int asked) {
        try {
            while (goesOn()) {
                ask(asked);
            }
        } catch (IOException | InterruptedException e) {
            fault("a query of node " + asked + " failed: " + e);
        }
    }

    /// @return whether it was answered
    boolean ask(int asked) throws IOException, InterruptedException {
        long least;
        synchronized (this) {
            least = acknowledged;
        }
        if (least == 0) {
            Thread.onSpinWait();
            return false;
        }
        String sql = "SELECT count(n), min(n), max(n) FROM " + measurement;
        HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                cluster.url(asked)
                                                        + "/api/v1/sql?db=count&format=csv&q="
                                                        + URLEncoder.encode(
                                                                sql, StandardCharsets.UTF_8)))
                                .timeout(ANSWER_MAX.multipliedBy(3))
                                .build(),
                        BodyHandlers.ofString());
        synchronized (this) {
            if (answer.statusCode() == UNAVAILABLE) {
                refusals++;
                return false;
            }
            String[] row = answer.body().lines().skip(1).findFirst().orElse("none").split(",", -1);
            if (answer.statusCode() != 200 || row.length != 3) {
                fault("node %d said %s".formatted(asked, answer.body()));
                return false;
            }
            long count = Long.parseLong(row[0]);
            if (count < least || count > sent || !row[1].equals("0")) {
                fault(
                        "node %d has %s, %d were acknowledged before, %d were sent"
                                .formatted(asked, List.of(row), least, sent));
            }
            answers++;
            return true;
        }
    }

    /// Waits until so many more are acknowledged.
    synchronized void awaitAcknowledged(long more) throws InterruptedException {
        long goal = acknowledged + more;
        while (acknowledged < goal && faults.isEmpty()) {
            wait();
        }
    }

    /// Longest wait for an answer since the last call.
    synchronized long takeGapMillis() {
        long millis = TimeUnit.NANOSECONDS.toMillis(gapNanosMax);
        gapNanosMax = 0;
        return millis;
    }

    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    synchronized String counts() {
        return "%d acknowledged, %d answers, %d refused".formatted(acknowledged, answers, refusals);
    }

    /// Ends what runs.
    void end() throws InterruptedException {
        synchronized (this) {
            goesOn = false;
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            goesOn = false;
        }
        http.shutdownNow();
    }
}
