package io.tsdb.storage.shard;

import io.tsdb.storage.head.Head;
import io.tsdb.storage.log.ShardLog;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/// Heads that were cut and wait to be parts, the oldest first. The log may cut a head while another
/// is still being written, and scans see all of them.
///
/// A head is let go of measurement by measurement. One that cannot be flushed stays, in every head
/// that has rows of it, since its rows must come to parts in log order; it is tried again, and all
/// others go on.
final class FlushQueue {
    private static final Logger LOG = LoggerFactory.getLogger(FlushQueue.class);

    private static final class Waiting {
        private final PartFlusher.Cut cut;

        /// Told of the next try; replaced when that one has failed.
        private volatile CompletableFuture<Void> done = new CompletableFuture<>();

        private volatile boolean tried;

        Waiting(PartFlusher.Cut cut) {
            this.cut = cut;
        }

        Head head() {
            return cut.head();
        }
    }

    private final int shard;
    private final PartFlusher flusher;
    private final PartSet parts;
    private final ReentrantLock lock;
    private final ShardLog log;

    /// Changed under the lock, replaced whole.
    private volatile List<Waiting> waiting = List.of();

    /// Whether a pass over the waiting heads is under way; changed under the lock.
    private volatile boolean running;

    private boolean retryAwaited;
    private volatile Set<MeasurementId> heldBack = Set.of();
    private volatile @Nullable String trouble;
    private volatile boolean retries;

    /// @param lock of the shard: held while parts take the place of a head
    FlushQueue(int shard, PartFlusher flusher, PartSet parts, ReentrantLock lock, ShardLog log) {
        this.shard = shard;
        this.flusher = flusher;
        this.parts = parts;
        this.lock = lock;
        this.log = log;
    }

    /// From now on what fails is tried again by itself.
    void recovered() {
        retries = true;
        if (!waiting.isEmpty()) {
            tryAgainLater();
        }
    }

    void stopRetrying() {
        retries = false;
    }

    /// The flusher runs nothing any more, also not what it had taken: those who wait are told.
    void end() {
        List<Waiting> unanswered;
        lock.lock();
        try {
            running = false; // what comes now is refused by the flusher
            unanswered = waiting;
        } finally {
            lock.unlock();
        }
        var ended = new IOException("the store stops");
        unanswered.forEach(each -> answer(each, ended));
    }

    long nowSeconds() {
        return flusher.nowSeconds();
    }

    /// Takes a head. Under the lock.
    void add(PartFlusher.Cut cut) {
        var added = new Waiting(cut);
        var grown = new ArrayList<>(waiting);
        grown.add(added);
        waiting = List.copyOf(grown);
        start();
    }

    private void start() {
        if (!running) {
            running = true;
            flusher.execute(this::pass);
        }
    }

    /// Heads with rows of a measurement that no part holds yet, the oldest first. Under the lock.
    List<Head> heads(MeasurementSchema schema) {
        return waiting.stream().map(Waiting::head).filter(head -> head.holds(schema)).toList();
    }

    /// Whether heads are being written now.
    boolean isBusy() {
        return running;
    }

    /// Whether nothing waits.
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /// Measurements that the last try could not flush.
    Set<MeasurementId> heldBack() {
        return heldBack;
    }

    /// What the last try said that failed; empty text never. Null when all is well.
    @Nullable String trouble() {
        return trouble;
    }

    /// Done when the head that was cut last is in parts, and with it all before it; or when a try
    /// has failed, in whole or for some measurements ([FlushFailure]).
    CompletableFuture<Void> newest() {
        List<Waiting> all = waiting;
        return all.isEmpty() ? CompletableFuture.completedFuture(null) : all.getLast().done;
    }

    long bytes() {
        return waiting.stream().mapToLong(each -> each.head().bytes()).sum();
    }

    /// Bytes of what could not be flushed.
    long heldBackBytes() {
        return waiting.stream()
                .filter(each -> each.tried)
                .mapToLong(each -> each.head().bytes())
                .sum();
    }

    long pointCount() {
        return waiting.stream().mapToLong(each -> each.head().pointCount()).sum();
    }

    void abandon() {
        flusher.abandon();
    }

    /// Tries every head that waits, once.
    private void pass() {
        Map<MeasurementId, Exception> left = new LinkedHashMap<>();
        Set<Waiting> tried = new HashSet<>();
        Exception failure = null;
        for (Waiting each : waiting) {
            if (each.done.isDone()) {
                each.done = new CompletableFuture<>(); // of a try while the shard recovered
            }
        }
        Waiting next = untried(tried);
        while (next != null && failure == null) {
            tried.add(next);
            try {
                flush(next, left);
            } catch (IOException | RuntimeException e) {
                failure = e;
            }
            next = untried(tried);
        }
        end(failure, left.keySet());
    }

    private @Nullable Waiting untried(Set<Waiting> tried) {
        return waiting.stream().filter(each -> !tried.contains(each)).findFirst().orElse(null);
    }

    /// @param left measurements of which older heads hold rows; those of this one are added
    private void flush(Waiting head, Map<MeasurementId, Exception> left) throws IOException {
        PartFlusher.Outcome outcome =
                flusher.write(
                        head.cut,
                        Set.copyOf(left.keySet()),
                        (written, come) -> {
                            lock.lock();
                            try {
                                come.run();
                                head.head().release(written);
                            } finally {
                                lock.unlock();
                            }
                        });
        log.trimTo(parts.positions().oldest());
        if (left.isEmpty() && !outcome.failed().isEmpty()) {
            flusher.countFailure(); // of this pass, before anybody hears of it
        }
        left.putAll(outcome.failed());
        for (Map.Entry<MeasurementId, Exception> one : outcome.failed().entrySet()) {
            failed(one.getKey(), one.getValue());
        }
        lock.lock();
        try {
            head.tried = true;
            if (head.head().measurements().isEmpty()) {
                waiting = waiting.stream().filter(each -> each != head).toList();
            }
        } finally {
            lock.unlock();
        }
        if (left.isEmpty()) {
            well();
            flusher.flushed(head.cut);
            head.done.complete(null);
        } else {
            answer(head, new FlushFailure(left));
        }
    }

    private void failed(MeasurementId measurement, Exception cause) {
        String text =
                flusher.describe(measurement)
                        + " of shard "
                        + shard
                        + " cannot be flushed: "
                        + cause.getMessage();
        if (!text.equals(trouble)) {
            LOG.error(
                    "{}; it is tried again, its data stays in memory and in the log, all other"
                            + " measurements go on",
                    text,
                    cause);
        }
        trouble = text;
    }

    /// Those who wait hear of the failure; those who ask from now on wait for the next try, if
    /// there is to be one.
    private void answer(Waiting head, Exception failure) {
        CompletableFuture<Void> told = head.done;
        if (retries) {
            head.done = new CompletableFuture<>();
        }
        told.completeExceptionally(failure);
    }

    private void well() {
        if (trouble != null) {
            LOG.info("shard {} is flushed again, all of it", shard);
        }
        trouble = null;
    }

    private void end(@Nullable Exception failure, Set<MeasurementId> left) {
        if (failure != null) {
            if (left.isEmpty()) {
                flusher.countFailure();
            }
            String text = "shard " + shard + " cannot be flushed: " + failure.getMessage();
            if (retries && !text.equals(trouble)) {
                LOG.error(
                        "{}; it is tried again, its data stays in memory and in the log",
                        text,
                        failure);
            }
            trouble = text;
        } else {
            heldBack = Set.copyOf(left);
            if (left.isEmpty()) {
                well();
            }
        }
        List<Waiting> unanswered = List.of();
        lock.lock();
        try {
            running = false;
            if (failure != null) {
                unanswered = waiting;
            } else if (waiting.stream().anyMatch(each -> !each.tried)) {
                start();
            }
        } finally {
            lock.unlock();
        }
        if (failure != null) {
            for (Waiting each : unanswered) {
                answer(each, failure);
            }
        }
        if (failure != null || !left.isEmpty()) {
            tryAgainLater();
        }
    }

    private void tryAgainLater() {
        lock.lock();
        try {
            if (!retries || retryAwaited) {
                return;
            }
            retryAwaited = true;
        } finally {
            lock.unlock();
        }
        flusher.executeLater(this::tryAgain);
    }

    private void tryAgain() {
        lock.lock();
        try {
            retryAwaited = false;
            if (!waiting.isEmpty() && retries) {
                start();
            }
        } finally {
            lock.unlock();
        }
    }
}
