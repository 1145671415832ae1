package io.tsdb.storage.shard;

import io.tsdb.storage.head.Head;
import io.tsdb.storage.log.ShardLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/// Heads that were cut and wait to be parts, the oldest first; one is flushed at a time, and one
/// that fails is tried again. So the log may cut a head while another is still being written, and
/// scans see both.
final class FlushQueue {
    private static final Logger LOG = LoggerFactory.getLogger(FlushQueue.class);

    private record Waiting(PartFlusher.Cut cut, CompletableFuture<Void> done) {}

    private final int shard;
    private final PartFlusher flusher;
    private final ReentrantLock lock;
    private final ShardLog log;

    /// Changed under the lock, replaced whole.
    private volatile List<Waiting> waiting = List.of();

    /// Whether a flush is under way or will be tried again; under the lock.
    private boolean running;

    private volatile CompletableFuture<Void> newest = CompletableFuture.completedFuture(null);
    private volatile boolean retries;

    /// @param lock of the shard: held while parts take the place of a head
    FlushQueue(int shard, PartFlusher flusher, ReentrantLock lock, ShardLog log) {
        this.shard = shard;
        this.flusher = flusher;
        this.lock = lock;
        this.log = log;
    }

    /// From now on a failed flush is tried again; while the shard recovers, its start fails.
    void recovered() {
        retries = true;
    }

    void stopRetrying() {
        retries = false;
    }

    long nowSeconds() {
        return flusher.nowSeconds();
    }

    /// Takes a head. Under the lock.
    void add(PartFlusher.Cut cut) {
        var added = new Waiting(cut, new CompletableFuture<>());
        var grown = new ArrayList<>(waiting);
        grown.add(added);
        waiting = List.copyOf(grown);
        newest = added.done();
        if (!running) {
            running = true;
            flusher.execute(this::flushOldest);
        }
    }

    /// Heads that no part holds yet, the oldest first.
    List<Head> heads() {
        return waiting.stream().map(each -> each.cut().head()).toList();
    }

    boolean isBusy() {
        return !waiting.isEmpty();
    }

    /// Done when the head that was cut last is in parts, and with it all before it; or when a try
    /// has failed.
    CompletableFuture<Void> newest() {
        return newest;
    }

    long bytes() {
        long bytes = 0;
        for (Waiting each : waiting) {
            bytes += each.cut().head().bytes();
        }
        return bytes;
    }

    long pointCount() {
        long count = 0;
        for (Waiting each : waiting) {
            count += each.cut().head().pointCount();
        }
        return count;
    }

    void abandon() {
        flusher.abandon();
    }

    private void flushOldest() {
        Waiting oldest = waiting.getFirst();
        try {
            flusher.write(
                    oldest.cut(),
                    publish -> {
                        lock.lock();
                        try {
                            publish.run();
                            remove(oldest);
                        } finally {
                            lock.unlock();
                        }
                    });
            log.trimTo(oldest.cut().logIndex());
            oldest.done().complete(null);
            goOn();
        } catch (IOException | RuntimeException e) {
            failed(oldest, e);
        }
    }

    private void remove(Waiting flushed) {
        var rest = new ArrayList<>(waiting);
        rest.remove(flushed);
        waiting = List.copyOf(rest);
    }

    private void goOn() {
        lock.lock();
        try {
            running = !waiting.isEmpty();
            if (running) {
                flusher.execute(this::flushOldest);
            }
        } finally {
            lock.unlock();
        }
    }

    private void failed(Waiting oldest, Exception cause) {
        if (retries) {
            LOG.error(
                    "flush of shard {} failed and will be tried again; its data stays in memory and"
                            + " in the log",
                    shard,
                    cause);
            tryAgain(oldest);
        } else {
            lock.lock();
            try {
                running = false;
            } finally {
                lock.unlock();
            }
        }
        oldest.done().completeExceptionally(cause);
    }

    /// Those who wait hear of the failure; those who ask from now on wait for the next try.
    private void tryAgain(Waiting failed) {
        lock.lock();
        try {
            var again = new ArrayList<>(waiting);
            again.set(0, new Waiting(failed.cut(), new CompletableFuture<>()));
            waiting = List.copyOf(again);
            newest = again.getLast().done();
        } finally {
            lock.unlock();
        }
        flusher.executeLater(this::flushOldest);
    }
}
