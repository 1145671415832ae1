package io.tsdb.cluster.read;

import io.tsdb.storage.log.NodeLog;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The barriers of a statement's shards and of the catalog, asked for when it came, all at once:
/// what it reads first need not wait for one after the other. Any thread.
///
/// A statement may read ahead of them ([ReadAhead]): then this is also where it says how far what
/// it reads had come, for when the barriers say how far it had to.
public final class ReadPoint {
    private final Map<Integer, CompletableFuture<Long>> passed;

    /// By log: what was read ahead had at least all entries up to this one.
    private final Map<Integer, Long> had = new ConcurrentHashMap<>();

    /// Done when something that was read ahead turns out not to have had everything.
    private final CompletableFuture<Void> stale = new CompletableFuture<>();

    private final boolean isQuiet;
    private volatile boolean isAhead;

    /// @param passed by shard, none for shards that are not here; of the catalog by
    ///   [NodeLog#CATALOG]
    /// @param isQuiet whether nothing has come to these logs since the statement before
    ReadPoint(Map<Integer, CompletableFuture<Long>> passed, boolean isQuiet) {
        this.passed = Map.copyOf(passed);
        this.isQuiet = isQuiet;
    }

    /// Done when this node has of the catalog what was acknowledged.
    public CompletableFuture<Long> catalog() {
        return Objects.requireNonNull(passed.get(NodeLog.CATALOG), "it is at every node");
    }

    Map<Integer, CompletableFuture<Long>> passed() {
        return passed;
    }

    boolean isQuiet() {
        return isQuiet;
    }

    /// Whether what is read now does not wait.
    boolean isAhead() {
        return isAhead;
    }

    /// From now on nothing is read ahead, or everything.
    void setAhead(boolean ahead) {
        isAhead = ahead;
    }

    /// A log is read now that has come to an entry.
    ///
    /// @return false when nothing was asked about it: it cannot be read ahead
    boolean read(int log, long applied) {
        CompletableFuture<Long> barrier = passed.get(log);
        if (barrier == null || applied < 0) {
            return false;
        }
        had.merge(log, applied, Math::min);
        barrier.whenComplete(
                (entry, failure) -> {
                    if (failure != null || entry > applied) {
                        stale.complete(null);
                    }
                });
        return true;
    }

    /// Has something done as soon as what was read ahead is for nothing.
    void whenStale(Runnable stop) {
        stale.thenRun(stop);
    }

    /// Waits for the barriers of all that was read ahead.
    ///
    /// @return whether it had everything; false also when a barrier is not passed in that time
    boolean held(Duration patience) throws InterruptedException {
        long nanos = patience.toNanos();
        try {
            CompletableFuture.allOf(
                            had.keySet().stream()
                                    .map(passed::get)
                                    .toArray(CompletableFuture<?>[]::new))
                    .get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException _) {
            return false;
        }
        return had.entrySet().stream()
                .allMatch(
                        log ->
                                Objects.requireNonNull(passed.get(log.getKey())).join()
                                        <= log.getValue());
    }
}
