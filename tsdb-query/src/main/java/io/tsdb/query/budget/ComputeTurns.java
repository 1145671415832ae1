package io.tsdb.query.budget;

import io.tsdb.storage.model.Ticker;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Lets few threads of heavy queries compute at a time, so that writers and small questions find a
/// core at once however many heavy ones are in flight. Any thread.
///
/// A query computes at will until its threads have worked for a tenth of a second together. Then
/// each of them needs a turn: there are so many, and the query that has computed least comes first.
/// A turn is taken back after a while when somebody else waits, and at once when that one has
/// computed for less by more than a turn: so one that brings its rows batch by batch, and needs a
/// turn for each, does not wait as long for every one. Who waits for memory, or for another thread,
/// has none.
///
/// Source: least attained service, Rai, Urvoy-Keller and Biersack, "Analysis of LAS scheduling for
/// job size distributions with high variance" (SIGMETRICS 2003), by turns.
public final class ComputeTurns {
    private static final long FREE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /// How often a thread that waits looks whether its query was cancelled or its time is up.
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long NOBODY = Long.MAX_VALUE;

    /// A thread that computes for a query.
    private static final class Worker {
        private final AtomicLong spentNanos;
        private long lastNanos;
        private long turnEndNanos;

        /// What its query had computed for when it began to wait; guarded by the lock, as its
        /// number is.
        private long waitingSpentNanos;

        private long waitingNumber;

        /// Given by others under the lock, and taken away by the thread itself.
        private volatile boolean hasTurn;

        Worker(AtomicLong spentNanos, long now) {
            this.spentNanos = spentNanos;
            this.lastNanos = now;
        }
    }

    private static final ThreadLocal<@Nullable Worker> WORKERS = new ThreadLocal<>();

    private final int count;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private final PriorityQueue<Worker> waiting =
            new PriorityQueue<>(
                    Comparator.comparingLong((Worker worker) -> worker.waitingSpentNanos)
                            .thenComparingLong(worker -> worker.waitingNumber));

    private int taken;
    private long asked;

    /// What the first one of those that wait has computed for.
    private volatile long leastSpentNanos = NOBODY;

    /// @param count of threads of heavy queries that compute at a time
    /// @param ticker monotonic clock
    public ComputeTurns(int count, Ticker ticker) {
        if (count < 1) {
            throw new IllegalArgumentException(count + " turns");
        }
        this.count = count;
        this.ticker = ticker;
    }

    /// The calling thread computes for a query from now on.
    ///
    /// @param spentNanos what the query's threads have computed for
    public void begin(AtomicLong spentNanos) {
        WORKERS.set(new Worker(spentNanos, ticker.nanos()));
    }

    /// The calling thread has computed for a while and is about to go on, which may have to wait;
    /// it holds no lock.
    ///
    /// @param patience ends the wait, by throwing
    public void goOn(MemoryBudget.Patience patience) {
        Worker worker = WORKERS.get();
        if (worker == null) {
            return;
        }
        long now = ticker.nanos();
        long spent = worker.spentNanos.addAndGet(now - worker.lastNanos);
        worker.lastNanos = now;
        if (spent < FREE_NANOS) {
            return;
        }
        if (worker.hasTurn) {
            long least = leastSpentNanos;
            boolean isOver = now - worker.turnEndNanos >= 0;
            if (least == NOBODY || !isOver && spent - least <= TURN_NANOS) {
                return;
            }
            release(worker);
        }
        await(worker, spent, patience);
        worker.lastNanos = ticker.nanos();
        worker.turnEndNanos = worker.lastNanos + TURN_NANOS;
    }

    private void await(Worker worker, long spentNanos, MemoryBudget.Patience patience) {
        lock.lock();
        try {
            worker.waitingSpentNanos = spentNanos;
            worker.waitingNumber = asked++;
            waiting.add(worker);
            grant();
            while (!worker.hasTurn) {
                changed.awaitNanos(LOOK_NANOS);
                patience.check();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // the query's own checks see it
        } finally {
            waiting.remove(worker);
            tellLeast();
            lock.unlock();
        }
    }

    private void grant() {
        while (taken < count && !waiting.isEmpty()) {
            waiting.remove().hasTurn = true;
            taken++;
            changed.signalAll();
        }
        tellLeast();
    }

    private void tellLeast() {
        Worker first = waiting.peek();
        leastSpentNanos = first == null ? NOBODY : first.waitingSpentNanos;
    }

    private void release(Worker worker) {
        lock.lock();
        try {
            worker.hasTurn = false;
            taken--;
            grant();
        } finally {
            lock.unlock();
        }
    }

    /// The calling thread is about to wait for something that others may have to compute for.
    void pause() {
        Worker worker = WORKERS.get();
        if (worker != null && worker.hasTurn) {
            release(worker);
        }
    }

    /// The calling thread computes for the query no more.
    public void end() {
        pause();
        WORKERS.remove();
    }

    /// Threads that wait for a turn.
    public int waitingCount() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
