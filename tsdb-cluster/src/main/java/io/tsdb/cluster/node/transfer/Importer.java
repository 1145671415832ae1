package io.tsdb.cluster.node.transfer;

import io.tsdb.storage.model.Ticker;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
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
import java.util.regex.Pattern;

/// Sends lines to a node in batches, some on their way at a time. A batch that the node is too busy
/// for is sent again; lines that it refuses are counted, and named by their place in the file.
public final class Importer implements AutoCloseable {
    private static final int BATCH_BYTES = 1 << 20;
    private static final int REASONS_MAX = 10;
    private static final int BUSY_TRIES = 60;

    /// How a node says that its list of refused lines is cut.
    private static final Pattern MORE_LINES = Pattern.compile("and ([0-9]+) more lines");

    /// What became of a file.
    ///
    /// @param taken lines that the node has
    /// @param refused lines that it has not
    /// @param reasons what the node said of them, the first few
    /// @param readAs what the file was taken for
    /// @param warnings what the user should know of it
    public record Summary(
            long taken,
            long refused,
            List<String> reasons,
            List<String> readAs,
            List<String> warnings,
            double seconds) {}

    private final HttpClient http;
    private final URI target;
    private final Optional<String> token;
    private final int inFlightMax;
    private final Ticker ticker;
    private final JsonMapper json = JsonMapper.shared();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final List<String> reasons = new ArrayList<>();
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

    /// @param url of the node
    /// @param query of the write endpoint: database and precision
    /// @param http closed with this
    public Importer(
            String url,
            String query,
            Optional<String> token,
            HttpClient http,
            int inFlightMax,
            Ticker ticker) {
        this.http = http;
        this.target = URI.create(url + "/api/v3/write_lp?" + query);
        this.token = token;
        this.inFlightMax = inFlightMax;
        this.ticker = ticker;
    }

    /// Imports a file of line protocol.
    public Summary lines(Path file, @Nullable PrintStream progress)
            throws IOException, InterruptedException {
        return run(new LineFile(file), file, progress);
    }

    /// Imports a CSV file.
    ///
    /// @throws IllegalArgumentException what does not fit, and which option says otherwise
    public Summary csv(CsvOptions csv, Path file, @Nullable PrintStream progress)
            throws IOException, InterruptedException {
        return run(csv.open(), file, progress);
    }

    private Summary run(LineSource source, Path file, @Nullable PrintStream progress)
            throws IOException, InterruptedException {
        long began = ticker.nanos();
        taken.set(0);
        refused.set(0);
        reasons.clear();
        var bar =
                new ProgressBar(
                        progress, String.valueOf(file.getFileName()), Files.size(file), ticker);
        var slots = new Semaphore(inFlightMax);
        try (source) {
            var batch = new LineBatch(BATCH_BYTES + 1024);
            while (source.next(batch)) {
                if (batch.size() >= BATCH_BYTES) {
                    send(batch, slots);
                    batch = new LineBatch(BATCH_BYTES + 1024);
                    bar.show(source.bytesRead(), taken.get());
                }
            }
            if (batch.lines() > 0) {
                send(batch, slots);
            }
            slots.acquire(inFlightMax);
            throwFailure();
            bar.show(source.bytesRead(), taken.get());
        } catch (IOException e) {
            slots.acquire(inFlightMax - slots.drainPermits());
            throw new IOException(e.getMessage() + soFar(), e);
        } finally {
            bar.end();
        }
        double seconds = (ticker.nanos() - began) / 1e9;
        synchronized (reasons) {
            return new Summary(
                    taken.get(),
                    refused.get(),
                    List.copyOf(reasons),
                    source.readAs(),
                    source.warnings(),
                    seconds);
        }
    }

    private String soFar() {
        long lines = taken.get();
        return lines == 0
                ? "; nothing was imported"
                : "; "
                        + lines
                        + " lines are imported and stay: sending them again with the mended file"
                        + " changes nothing";
    }

    private void send(LineBatch batch, Semaphore slots) throws IOException, InterruptedException {
        throwFailure();
        slots.acquire();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                deliver(batch);
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

    private void deliver(LineBatch batch) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < BUSY_TRIES; attempt++) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(target)
                            .timeout(Duration.ofSeconds(120))
                            .POST(BodyPublishers.ofByteArray(batch.bytes(), 0, batch.size()));
            token.ifPresent(text -> request.header("Authorization", "Token " + text));
            HttpResponse<String> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            switch (response.statusCode()) {
                case 200, 204 -> {
                    taken.addAndGet(batch.lines());
                    return;
                }
                case 429, 503 -> {
                    String after = response.headers().firstValue("Retry-After").orElse("1");
                    TimeUnit.SECONDS.sleep(after.matches("[0-9]{1,4}") ? Long.parseLong(after) : 1);
                }
                case 400 -> {
                    refusedLines(batch, response.body());
                    return;
                }
                default -> throw answered(response.statusCode(), response.body());
            }
        }
        throw new IOException("the node stayed overloaded for " + BUSY_TRIES + " tries");
    }

    /// Takes the node's list of lines that it did not write.
    private void refusedLines(LineBatch batch, String body) throws IOException {
        JsonNode lines;
        try {
            lines = json.readTree(body).path("data");
        } catch (JacksonException _) {
            throw answered(400, body);
        }
        if (!lines.isArray() || lines.isEmpty()) {
            throw answered(400, body);
        }
        long notTaken = 0;
        for (JsonNode line : lines) {
            long number = line.path("line_number").asLong(0);
            String message = line.path("error_message").asString("");
            var more = MORE_LINES.matcher(message);
            if (number > 0) {
                notTaken++;
                String original = LineEscapes.shown(line.path("original_line").asString(""));
                note("line " + batch.fileLine(number) + ": " + message + ": " + original);
            } else if (more.matches()) {
                notTaken += Long.parseLong(more.group(1));
            } else {
                note("from line " + batch.fileLine(1) + " on: " + message);
            }
        }
        taken.addAndGet(batch.lines() - notTaken);
        refused.addAndGet(notTaken);
    }

    private static IOException answered(int status, String body) {
        return new IOException("the node answered " + status + ": " + body.strip());
    }

    private void note(String reason) {
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
