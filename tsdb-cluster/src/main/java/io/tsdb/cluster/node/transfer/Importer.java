package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// Sends lines to a node in batches, some on their way at a time. A batch that the node is too busy
/// for is sent again; lines that it refuses are counted and their reasons kept.
public final class Importer implements AutoCloseable {
    private static final int BATCH_CHARS = 1 << 20;
    private static final int REASONS_MAX = 10;
    private static final int BUSY_TRIES = 60;

    /// What became of a file.
    ///
    /// @param sent lines sent
    /// @param refused batches that the node took only in part, or not
    /// @param reasons what the node said, the first few
    public record Summary(long sent, long refused, List<String> reasons, double seconds) {}

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final URI target;
    private final Optional<String> token;
    private final int inFlightMax;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final List<String> reasons = new ArrayList<>();
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

    /// @param url of the node
    /// @param query of the write endpoint: database and precision
    public Importer(String url, String query, Optional<String> token, int inFlightMax) {
        this.target = URI.create(url + "/write?" + query);
        this.token = token;
        this.inFlightMax = inFlightMax;
    }

    /// Imports a file of line protocol.
    public Summary lines(Path file, @Nullable PrintStream progress)
            throws IOException, InterruptedException {
        return run(new LineFile(file), file, progress);
    }

    /// Imports a CSV file.
    public Summary csv(CsvGuess csv, Path file, @Nullable PrintStream progress)
            throws IOException, InterruptedException {
        return run(csv.open(), file, progress);
    }

    private Summary run(LineSource source, Path file, @Nullable PrintStream progress)
            throws IOException, InterruptedException {
        long began = System.nanoTime();
        sent.set(0);
        refused.set(0);
        reasons.clear();
        var bar = new ProgressBar(progress, String.valueOf(file.getFileName()), Files.size(file));
        var slots = new Semaphore(inFlightMax);
        try (source) {
            var batch = new StringBuilder(BATCH_CHARS + 1024);
            long lines = 0;
            long firstLine = 1;
            while (source.next(batch)) {
                if (lines++ == 0) {
                    firstLine = source.lineNumber();
                }
                if (batch.length() >= BATCH_CHARS) {
                    send(batch.toString(), lines, firstLine, slots);
                    batch.setLength(0);
                    lines = 0;
                    bar.show(source.bytesRead(), sent.get());
                }
            }
            if (lines > 0) {
                send(batch.toString(), lines, firstLine, slots);
            }
            slots.acquire(inFlightMax);
            throwFailure();
            bar.show(source.bytesRead(), sent.get());
        } finally {
            bar.end();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        synchronized (reasons) {
            return new Summary(sent.get(), refused.get(), List.copyOf(reasons), seconds);
        }
    }

    private void send(String body, long lines, long firstLine, Semaphore slots)
            throws IOException, InterruptedException {
        throwFailure();
        slots.acquire();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                deliver(body, lines, firstLine);
                            } catch (IOException e) {
                                failure.compareAndSet(null, e);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                                failure.compareAndSet(null, new IOException("interrupted", e));
                            } finally {
                                slots.release();
                            }
                        });
    }

    private void deliver(String body, long lines, long firstLine)
            throws IOException, InterruptedException {
        for (int attempt = 0; attempt < BUSY_TRIES; attempt++) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(target)
                            .timeout(Duration.ofSeconds(120))
                            .POST(HttpRequest.BodyPublishers.ofString(body));
            token.ifPresent(text -> request.header("Authorization", "Token " + text));
            HttpResponse<String> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            switch (response.statusCode()) {
                case 200, 204 -> {
                    sent.addAndGet(lines);
                    return;
                }
                case 429, 503 -> {
                    String after = response.headers().firstValue("Retry-After").orElse("1");
                    TimeUnit.SECONDS.sleep(after.matches("[0-9]{1,4}") ? Long.parseLong(after) : 1);
                }
                case 400 -> {
                    sent.addAndGet(lines);
                    note("batch from line " + firstLine + ": " + response.body().strip());
                    return;
                }
                default ->
                        throw new IOException(
                                "the node answered "
                                        + response.statusCode()
                                        + ": "
                                        + response.body().strip());
            }
        }
        throw new IOException("the node stayed overloaded for " + BUSY_TRIES + " tries");
    }

    private void note(String reason) {
        refused.incrementAndGet();
        synchronized (reasons) {
            if (reasons.size() < REASONS_MAX) {
                reasons.add(reason);
            }
        }
    }

    private void throwFailure() throws IOException {
        IOException failed = failure.get();
        if (failed != null) {
            throw new IOException(failed.getMessage(), failed);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
