package io.tsdb.loadgen.load;

import io.tsdb.loadgen.wire.Answer;
import io.tsdb.loadgen.wire.BatchConnection;
import io.tsdb.loadgen.wire.HttpConnection;
import io.tsdb.loadgen.wire.Protocol;
import io.tsdb.loadgen.wire.TcpConnection;
import io.tsdb.loadgen.workload.LineBuffer;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;

/// Sends one lane's batches over one connection, some of them under way at once, and sees each to
/// its end: acknowledged, refused, or given up. After a failure the window is drained and the
/// failed batches go again, in order and one by one.
final class LaneSender implements Runnable {
    private static final long PARK_NANOS_MAX = 50_000_000L;
    private static final long BACKOFF_NANOS_MAX = 1_000_000_000L;

    private final int lane;
    private final BatchSource source;
    private final LoadConfig config;
    private final LoadMeter meter;
    private final Acknowledgements acknowledgements;
    private final BooleanSupplier stopping;
    private final long startNanos;
    private final ArrayDeque<Batch> window = new ArrayDeque<>();
    private final ArrayDeque<Batch> failed = new ArrayDeque<>();
    private final ArrayDeque<Batch> free = new ArrayDeque<>();
    private int ghostsLeft;

    /// The next batch, made before it is due: the making is no part of its latency.
    private @Nullable Batch ready;

    private @Nullable BatchConnection connection;

    /// One batch on its way.
    private static final class Batch {
        final LineBuffer text = new LineBuffer(1 << 16);
        byte[] payload = new byte[0];
        int length;
        long number;

        /// By the clock of this machine; [BatchSource#AT_ONCE] until it is sent, in a closed loop.
        long dueNanos;

        long sentNanos;
        long triedNanos;
        boolean ghost;
        int retryAfterSeconds;
    }

    /// @param ghosts how many batches at the beginning may have been sent by a run before this one
    LaneSender(
            int lane,
            BatchSource source,
            LoadConfig config,
            LoadMeter meter,
            Acknowledgements acknowledgements,
            BooleanSupplier stopping,
            long startNanos,
            int ghosts) {
        this.lane = lane;
        this.source = source;
        this.config = config;
        this.meter = meter;
        this.acknowledgements = acknowledgements;
        this.stopping = stopping;
        this.startNanos = startNanos;
        ghostsLeft = ghosts;
    }

    @Override
    public void run() {
        try {
            while (step()) {
                // one batch sent or one answer read
            }
        } catch (IOException e) {
            meter.error("client: " + e);
        } finally {
            disconnect();
        }
    }

    /// @return false when nothing is left to do
    private boolean step() throws IOException {
        if (!failed.isEmpty()) {
            if (window.isEmpty()) {
                retry(failed.remove());
            } else {
                receive();
            }
            return true;
        }
        if (stopping.getAsBoolean() || window.size() == config.inFlight() || !hasNext()) {
            if (window.isEmpty()) {
                return false;
            }
            receive();
            return true;
        }
        Batch next = ready;
        long due = next == null ? due(source.dueNanos()) : next.dueNanos;
        long wait = due == BatchSource.AT_ONCE ? 0 : due - System.nanoTime();
        if (wait > 0 && !window.isEmpty()) {
            receive();
        } else if (next == null) {
            make(due);
        } else if (wait > 0) {
            LockSupport.parkNanos(Math.min(wait, PARK_NANOS_MAX));
        } else {
            ready = null;
            sendNext(next);
        }
        return true;
    }

    private long due(long sinceStart) {
        return sinceStart == BatchSource.AT_ONCE ? sinceStart : startNanos + sinceStart;
    }

    private boolean hasNext() throws IOException {
        return ready != null || source.hasNext();
    }

    private void make(long due) throws IOException {
        Batch batch = free.isEmpty() ? new Batch() : free.remove();
        batch.dueNanos = due;
        batch.number = source.next(batch.text);
        batch.ghost = ghostsLeft > 0;
        ghostsLeft = Math.max(0, ghostsLeft - 1);
        if (batch.text.lines() == 0) {
            acknowledgements.acknowledged(lane, batch.number, 0, batch.ghost);
            free.add(batch);
            return;
        }
        if (config.gzip()) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream(batch.text.size() / 4);
            try (GZIPOutputStream gzip = new GZIPOutputStream(packed, 64 << 10)) {
                gzip.write(batch.text.bytes(), 0, batch.text.size());
            }
            batch.payload = packed.toByteArray();
            batch.length = batch.payload.length;
        } else {
            batch.payload = batch.text.bytes();
            batch.length = batch.text.size();
        }
        ready = batch;
    }

    private void sendNext(Batch batch) throws IOException {
        long now = System.nanoTime();
        batch.dueNanos = batch.dueNanos == BatchSource.AT_ONCE ? now : batch.dueNanos;
        batch.triedNanos = now;
        window.add(batch);
        try {
            send(batch);
        } catch (IOException e) {
            broken(e);
        }
    }

    private void send(Batch batch) throws IOException {
        BatchConnection open = connection;
        if (open != null && !open.isOpen() && window.size() <= 1) {
            disconnect();
            open = null;
        }
        batch.sentNanos = System.nanoTime();
        if (open == null) {
            open = connect();
            connection = open;
        }
        open.send(batch.payload, batch.length);
    }

    private BatchConnection connect() throws IOException {
        return config.protocol() == Protocol.TCP
                ? TcpConnection.open(config.endpoint(), config.timeout())
                : HttpConnection.open(
                        config.endpoint(),
                        config.path(),
                        config.token(),
                        config.gzip(),
                        config.timeout());
    }

    private void disconnect() {
        BatchConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    /// Reads the answer to the oldest batch under way.
    private void receive() {
        BatchConnection open = connection;
        if (open == null) {
            throw new IllegalStateException(
                    "BUG: " + window.size() + " batches under way without a connection");
        }
        Answer answer;
        try {
            answer = open.answer();
        } catch (IOException e) {
            broken(e);
            return;
        }
        Batch batch = window.remove();
        if (!settle(batch, answer)) {
            failed.add(batch);
        }
    }

    /// The connection is gone: what is under way has got no answer.
    private void broken(IOException problem) {
        meter.error(kind(problem));
        for (Batch batch : window) {
            // Without a connection nothing got out; else even a part of a request may have taken
            // effect.
            batch.ghost |= connection != null;
        }
        failed.addAll(window);
        window.clear();
        disconnect();
    }

    private static String kind(IOException problem) {
        String text = problem.getMessage() == null ? "" : problem.getMessage();
        return problem.getClass().getSimpleName() + ": " + text.replaceAll("[0-9]+", "#");
    }

    /// @return whether the batch has come to its end
    private boolean settle(Batch batch, Answer answer) {
        long now = System.nanoTime();
        if (answer.isSuccess()) {
            try {
                acknowledgements.acknowledged(lane, batch.number, batch.text.lines(), batch.ghost);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException("ledger cannot be written", e);
            }
            meter.acknowledged(
                    batch.text.lines(),
                    batch.text.values(),
                    batch.length,
                    now - batch.dueNanos,
                    now - batch.sentNanos);
            free.add(batch);
            return true;
        }
        meter.error(answer.kind());
        if (!answer.isRetryable()) {
            meter.failed(batch.text.lines());
            free.add(batch);
            return true;
        }
        batch.retryAfterSeconds = answer.retryAfterSeconds();
        return false;
    }

    /// Sends a failed batch again until it comes to its end or its time is up.
    private void retry(Batch batch) {
        long backoff = 10_000_000L;
        while (true) {
            long now = System.nanoTime();
            boolean late = now - batch.triedNanos > config.retryFor().toNanos();
            if (late || stopping.getAsBoolean()) {
                meter.failed(batch.text.lines());
                free.add(batch);
                return;
            }
            long wait =
                    batch.retryAfterSeconds > 0
                            ? batch.retryAfterSeconds * 1_000_000_000L
                            : backoff;
            waitFor(Math.min(wait, config.retryFor().toNanos()));
            backoff = Math.min(backoff * 2, BACKOFF_NANOS_MAX);
            batch.retryAfterSeconds = -1;
            meter.retried();
            boolean connected = false;
            try {
                BatchConnection open = connection;
                if (open == null || !open.isOpen()) {
                    disconnect();
                    connection = connect();
                }
                connected = true;
                send(batch);
                Answer answer = java.util.Objects.requireNonNull(connection).answer();
                if (settle(batch, answer)) {
                    return;
                }
            } catch (IOException e) {
                meter.error(kind(e));
                batch.ghost |= connected;
                disconnect();
            }
        }
    }

    private void waitFor(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos;
                left > 0 && !stopping.getAsBoolean();
                left = end - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, PARK_NANOS_MAX));
        }
    }
}
