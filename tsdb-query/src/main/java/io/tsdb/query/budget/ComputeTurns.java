package io.tsdb.query.budget;

import io.tsdb.storage.model.Ticker;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Lets few threads of heavy queries compute at a time, so that writers and small questions find a
/// core at once however many heavy ones are in flight. Any thread.
///
/// A query computes at will until its threads have worked for a tenth of a second together. Then
/// each of them needs a turn: there are so many, given in the order of who asks, and taken back
/// after a while when somebody else waits. Who waits for memory, or for another thread, has none.
public final class ComputeTurns {
    private static final long FREE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /// How often a thread that waits looks whether its query was cancelled or its time is up.
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /// A thread that computes for a query.
    private static final class Worker {
        private final AtomicLong spentNanos;
        private long lastNanos;
        private long turnEndNanos;

        /// Guarded by the lock, but for the thread itself.
        private volatile boolean hasTurn;

        Worker(AtomicLong spentNanos, long now) {
            this.spentNanos = spentNanos;
            this.lastNanos = now;
        }
    }

    private final int count;
    private final Ticker ticker;
    private static final ThreadLocal<@Nullable Worker> WORKERS = new ThreadLocal<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Worker> waiting = new ArrayDeque<>();
    private int taken;

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
            if (now - worker.turnEndNanos < 0) {
                return;
            }
            release(worker);
        }
        await(worker, patience);
        worker.lastNanos = ticker.nanos();
        worker.turnEndNanos = worker.lastNanos + TURN_NANOS;
    }

    private void await(Worker worker, MemoryBudget.Patience patience) {
        lock.lock();
        try {
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
            lock.unlock();
        }
    }

    private void grant() {
        while (taken < count && !waiting.isEmpty()) {
            waiting.remove().hasTurn = true;
            taken++;
            changed.signalAll();
        }
    }

    private void release(Worker worker) {
        lock.lock();
        try {
            if (worker.hasTurn) {
                worker.hasTurn = false;
                taken--;
                grant();
            }
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
