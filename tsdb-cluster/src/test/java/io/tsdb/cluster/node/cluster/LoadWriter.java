package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Writes at one node until it is told to end. Its points count from 0, each in a batch.
final class LoadWriter {
    static final int BATCH_LINES = 50;
    private static final long START = 1_750_000_000_000_000_000L;

    private final HttpClient client;
    private final String device;
    private final TsdbProcess process;
    private final URI node;
    private final Thread thread = new Thread(this::run, "writer");

    /// What follows is guarded by this.
    private boolean goesOn = true;

    private final List<String> refusals = new ArrayList<>();
    private long acknowledged;
    private long gapNanosMax;

    /// @param device its name begins the tag `dev`
    LoadWriter(HttpClient client, String device, ClusterProcesses cluster, int node) {
        this.client = client;
        this.device = device;
        this.process = cluster.process(node);
        this.node = cluster.url(node);
        thread.start();
    }

    private void run() {
        try {
            boolean more = true;
            for (long from = 0; more; from += BATCH_LINES) {
                long began = System.nanoTime();
                HttpResponse<String> response =
                        client.send(
                                HttpRequest.newBuilder(node.resolve("/write?db=c"))
                                        .POST(HttpRequest.BodyPublishers.ofString(lines(from)))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                more = answered(response, System.nanoTime() - began);
            }
        } catch (IOException | InterruptedException e) {
            refused(e.toString());
        }
    }

    private String lines(long from) {
        var lines = new StringBuilder();
        for (long number = from; number < from + BATCH_LINES; number++) {
            lines.append(
                    "load,dev=%s%d n=%di %d\n"
                            .formatted(device, number % 7, number, START + number * 1_000_000));
        }
        return lines.toString();
    }

    /// @return whether more is to be written
    private synchronized boolean answered(HttpResponse<String> response, long nanos) {
        if (response.statusCode() != 204) {
            refused(response.statusCode() + " " + response.body());
            return false;
        }
        gapNanosMax = Math.max(gapNanosMax, nanos);
        acknowledged += BATCH_LINES;
        notifyAll();
        return goesOn;
    }

    private synchronized void refused(String why) {
        refusals.add(why);
        notifyAll();
    }

    synchronized void awaitAcknowledged(long more) throws InterruptedException {
        long goal = acknowledged + more;
        while (acknowledged < goal && refusals.isEmpty()) {
            wait();
        }
        assertThat(refusals).as(process::errors).isEmpty();
    }

    /// @return points that were acknowledged
    long end() throws InterruptedException {
        synchronized (this) {
            goesOn = false;
        }
        thread.join();
        synchronized (this) {
            assertThat(refusals).as(process::errors).isEmpty();
            return acknowledged;
        }
    }

    synchronized long gapMillisMax() {
        return TimeUnit.NANOSECONDS.toMillis(gapNanosMax);
    }

    /// A node has every acknowledged point, with its value, once.
    void check(URI asked, long count) throws IOException, InterruptedException {
        String sql =
                "SELECT count(n), sum(n), min(n), max(n) FROM load WHERE dev LIKE '"
                        + device
                        + "%'";
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(
                                        asked.resolve(
                                                "/api/v1/sql?db=c&format=csv&q="
                                                        + URLEncoder.encode(
                                                                sql, StandardCharsets.UTF_8)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body().lines().skip(1).toList())
                .as("points of %s at %s", device, asked)
                .containsExactly(count + "," + count * (count - 1) / 2 + ",0," + (count - 1));
    }
}
