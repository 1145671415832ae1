package io.tsdb.query.budget;

import io.tsdb.storage.model.Ticker;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Lets few threads of heavy queries compute at a time, so that writers and small questions find a
/// core at once however many heavy ones are in flight. Any thread.
///
/// A query computes at will until its threads have worked for a tenth of a second together. Then
/// each of them needs a turn, and there are so many. Queries that have computed for less than half
/// a second come first, then those up to 8 s, up to 128 s, and so on; of the same class the one
/// that needed a turn first, until it is through, since all that wait hold what they have grouped
/// so far: sixteen that computed by turns would hold sixteen tables of groups, and two do that one
/// after the other. Whoever comes first has a turn at the next block of one that comes later: so
/// one that brings its rows batch by batch, and needs a turn for each, does not wait for every one.
/// Who waits for memory, or for another thread, has none.
///
/// Source: multilevel processor sharing, foreground-background between the levels and first come
/// first served within each, Kleinrock and Muntz, "Processor sharing queueing models of mixed
/// scheduling disciplines for time shared systems" (J. ACM 19, 1972).
public final class ComputeTurns {
    private static final long FREE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// What threads of the same query hand on a turn after.
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /// The first class ends here, each other one at sixteen times the one before.
    private static final long CLASS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int CLASS_BITS = 4;
    private static final int PLACE_BITS = 56;

    /// How often a thread that waits looks whether its query was cancelled or its time is up.
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long NOBODY = Long.MAX_VALUE;

    /// A thread that computes for a query.
    private static final class Worker {
        private final ComputeTime time;
        private long lastNanos;
        private long turnEndNanos;

        /// Its query's rank when it began to wait; guarded by the lock, as its number is.
        private long waitingRank;

        private long waitingNumber;

        /// Given by others under the lock, and taken away by the thread itself.
        private volatile boolean hasTurn;

        Worker(ComputeTime time, long now) {
            this.time = time;
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
                    Comparator.comparingLong((Worker worker) -> worker.waitingRank)
                            .thenComparingLong(worker -> worker.waitingNumber));

    private int taken;
    private long asked;
    private long places;

    /// Of the first one of those that wait.
    private volatile long firstRank = NOBODY;

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
    /// @param time of that query
    public void begin(ComputeTime time) {
        WORKERS.set(new Worker(time, ticker.nanos()));
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
        long spent = worker.time.add(now - worker.lastNanos);
        worker.lastNanos = now;
        if (spent < FREE_NANOS) {
            return;
        }
        if (worker.hasTurn) {
            long first = firstRank;
            long own = rank(worker.time, spent);
            if (own < first || own == first && now - worker.turnEndNanos < 0) {
                return;
            }
            release(worker);
        }
        await(worker, spent, patience);
        worker.lastNanos = ticker.nanos();
        worker.turnEndNanos = worker.lastNanos + TURN_NANOS;
    }

    /// The less the sooner: the class, then the place in it.
    private static long rank(ComputeTime time, long spentNanos) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(spentNanos / CLASS_NANOS);
        int level = (bits + CLASS_BITS - 1) / CLASS_BITS;
        return (long) level << PLACE_BITS | time.place();
    }

    private void await(Worker worker, long spentNanos, MemoryBudget.Patience patience) {
        lock.lock();
        try {
            if (!worker.time.hasPlace()) {
                worker.time.setPlace(places++);
            }
            worker.waitingRank = rank(worker.time, spentNanos);
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
            tellFirst();
            lock.unlock();
        }
    }

    private void grant() {
        while (taken < count && !waiting.isEmpty()) {
            waiting.remove().hasTurn = true;
            taken++;
            changed.signalAll();
        }
        tellFirst();
    }

    private void tellFirst() {
        Worker first = waiting.peek();
        firstRank = first == null ? NOBODY : first.waitingRank;
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
