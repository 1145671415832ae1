package io.tsdb.cluster.node.demo;

import io.tsdb.storage.model.Ticker;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Clients that write to a cluster without a pause: each to a node of its own, and to the next one
/// when that does not answer. What was not acknowledged is sent again, so in the end every point is
/// there once.
final class ClusterLoad implements AutoCloseable {
    private static final int BATCH_POINTS = 50;
    private static final int DEVICES = 20;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
    private static final long AGAIN_MILLIS = 10;

    private final List<URI> nodes;
    private final long startNanos;
    private final Ticker ticker;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final List<Writer> writers = new ArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private volatile boolean ends;

    /// @param startNanos time of the first points
    ClusterLoad(List<String> nodes, String database, long startNanos, Ticker ticker) {
        this.nodes = nodes.stream().map(url -> URI.create(url + "/write?db=" + database)).toList();
        this.startNanos = startNanos;
        this.ticker = ticker;
        for (int i = 0; i < nodes.size(); i++) {
            writers.add(new Writer(i));
        }
    }

    void start() {
        writers.forEach(writer -> writer.thread.start());
    }

    /// Points that a node has acknowledged.
    long acknowledged() {
        return writers.stream().mapToLong(writer -> writer.acknowledged).sum();
    }

    /// What the values of all acknowledged points add up to.
    long sum() {
        return writers.stream()
                .mapToLong(writer -> writer.acknowledged * (writer.acknowledged - 1) / 2)
                .sum();
    }

    /// Writes that a node answered with an error.
    int refusedCount() {
        return refused.get();
    }

    /// Writes whose node went away before it answered; the next one took them.
    int brokenCount() {
        return broken.get();
    }

    /// Longest time that a client waited for an acknowledgement since the last call.
    long takeLongestWaitMillis() {
        long longest = 0;
        for (Writer writer : writers) {
            longest = Math.max(longest, writer.takeLongestWait());
        }
        return TimeUnit.NANOSECONDS.toMillis(longest);
    }

    /// Waits until every client has had so many acknowledgements more.
    void awaitMore(int acknowledgements) throws InterruptedException {
        for (Writer writer : writers) {
            writer.awaitMore((long) acknowledgements * BATCH_POINTS);
        }
    }

    /// One client.
    private final class Writer {
        private final int number;
        private final Thread thread;
        private volatile long acknowledged;

        /// What follows is guarded by this.
        private long lastNanos;

        private long longestWaitNanos;

        Writer(int number) {
            this.number = number;
            this.thread =
                    Thread.ofPlatform().daemon().name("client-" + number).unstarted(this::run);
        }

        private void run() {
            acknowledged(0);
            int target = number;
            while (!ends) {
                String lines = lines(acknowledged);
                while (!ends && !send(target, lines)) {
                    target = (target + 1) % nodes.size();
                }
            }
        }

        private String lines(long from) {
            var lines = new StringBuilder();
            for (long n = from; n < from + BATCH_POINTS; n++) {
                lines.append("load,client=")
                        .append(number)
                        .append(",device=d")
                        .append(n % DEVICES)
                        .append(" n=")
                        .append(n)
                        .append("i,level=")
                        .append(n % 1_000 / 10.0)
                        .append(' ')
                        .append(startNanos + n * 1_000_000)
                        .append('\n');
            }
            return lines.toString();
        }

        private boolean send(int target, String lines) {
            var request =
                    HttpRequest.newBuilder(nodes.get(target))
                            .timeout(ANSWER_MAX)
                            .POST(HttpRequest.BodyPublishers.ofString(lines))
                            .build();
            try {
                HttpResponse<String> answer =
                        http.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 204) {
                    acknowledged(BATCH_POINTS);
                    return true;
                }
                refused.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
            } catch (IOException _) {
                broken.incrementAndGet();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            return false;
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // this thread alone changes it
        private synchronized void acknowledged(int points) {
            long now = ticker.nanos();
            if (points > 0) {
                longestWaitNanos = Math.max(longestWaitNanos, now - lastNanos);
                acknowledged += points;
            }
            lastNanos = now;
            notifyAll();
        }

        private synchronized long takeLongestWait() {
            long longest = longestWaitNanos;
            longestWaitNanos = 0;
            return longest;
        }

        private synchronized void awaitMore(long points) throws InterruptedException {
            long goal = acknowledged + points;
            while (acknowledged < goal && thread.isAlive()) {
                wait(1_000);
            }
        }
    }

    /// Ends the clients; what they sent last is answered.
    void finish() throws InterruptedException {
        ends = true;
        for (Writer writer : writers) {
            writer.thread.join();
        }
    }

    @Override
    public void close() {
        ends = true;
        writers.forEach(writer -> writer.thread.interrupt());
        http.shutdownNow();
    }
}
