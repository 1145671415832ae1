package io.tsdb.cluster.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// How far a replica has applied its log, for those who wait for an entry. One thread says so, any
/// thread waits.
final class AppliedIndex {
    private static final long NOTHING = -1;

    private record Waiter(long index, CompletableFuture<Void> done) {}

    /// Guarded by this.
    private final PriorityQueue<Waiter> waiters =
            new PriorityQueue<>(Comparator.comparingLong(Waiter::index));

    private volatile long index = NOTHING;
    private volatile boolean isAwaited;

    /// All entries up to this one are applied.
    void reached(long applied) {
        index = applied;
        if (isAwaited) {
            release();
        }
    }

    private void release() {
        List<Waiter> done = new ArrayList<>();
        synchronized (this) {
            while (!waiters.isEmpty() && waiters.peek().index() <= index) {
                done.add(waiters.remove());
            }
            isAwaited = !waiters.isEmpty();
        }
        done.forEach(waiter -> waiter.done().complete(null));
    }

    /// Done once the entry is applied; fails when it is not in so many nanoseconds.
    CompletableFuture<Void> reaches(long entry, long nanosMax) {
        if (index >= entry) {
            return CompletableFuture.completedFuture(null);
        }
        var waiter = new Waiter(entry, new CompletableFuture<>());
        synchronized (this) {
            waiters.add(waiter);
            isAwaited = true;
        }
        if (index >= entry) { // it came before whoever applies could see that somebody waits
            release();
        }
        return waiter.done()
                .orTimeout(Math.max(0, nanosMax), TimeUnit.NANOSECONDS)
                .whenComplete(
                        (_, failure) -> {
                            if (failure != null) {
                                forget(waiter);
                            }
                        });
    }

    private synchronized void forget(Waiter waiter) {
        waiters.remove(waiter);
        isAwaited = !waiters.isEmpty();
    }

    synchronized int waiting() {
        return waiters.size();
    }

    /// The replica ends here; another one may begin anew.
    void ended(String reason) {
        List<Waiter> failed;
        synchronized (this) {
            index = NOTHING;
            failed = List.copyOf(waiters);
            waiters.clear();
            isAwaited = false;
        }
        failed.forEach(waiter -> waiter.done().completeExceptionally(new IOException(reason)));
    }
}
