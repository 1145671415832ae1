package io.tsdb.query.budget;

import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The memory that all queries of a node may hold together. Any thread.
///
/// A query is let in, in the order of arrival, when an eighth of the whole is free and no other one
/// waits to grow. A query that grows beyond what is free waits until others end. When every query
/// that was let in waits, the one that came last is told to give up (`memory_busy`), until the rest
/// can go on: the first one always ends.
public final class MemoryBudget {
    /// How often a waiting query looks whether it was cancelled or its time is up.
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int HEADROOM_SHARE = 8;

    private final long capacityBytes;
    private final long waitNanosMax;
    private final ComputeTurns turns;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<QueryMemory> arrivals = new ArrayDeque<>();
    private final LinkedHashSet<QueryMemory> admitted = new LinkedHashSet<>();
    private long reservedBytes;
    private long reservedBytesMax;
    private int growing;
    private final LongAdder waits = new LongAdder();
    private final LongAdder refusedBusy = new LongAdder();
    private final LongAdder refusedTooLarge = new LongAdder();

    /// Stops a query that waits, by throwing.
    @FunctionalInterface
    public interface Patience {
        /// @throws QueryException `cancelled` or `timeout`
        void check();
    }

    /// With as many threads of queries as there are: no time counts, so nobody waits for a turn.
    ///
    /// @param waitMax how long a query waits for memory that others hold
    public MemoryBudget(long capacityBytes, Duration waitMax) {
        this(capacityBytes, waitMax, new ComputeTurns(Integer.MAX_VALUE, () -> 0));
    }

    /// @param waitMax how long a query waits for memory that others hold
    /// @param turns who waits for memory has none of these
    public MemoryBudget(long capacityBytes, Duration waitMax, ComputeTurns turns) {
        if (capacityBytes < 1 || waitMax.isNegative()) {
            throw new IllegalArgumentException(
                    "a budget needs room: capacityBytes=" + capacityBytes + ", waitMax=" + waitMax);
        }
        this.capacityBytes = capacityBytes;
        this.waitNanosMax = waitMax.toNanos();
        this.turns = turns;
    }

    /// Lets a query in; returns when there is room.
    ///
    /// @param bytes that it holds from the start
    /// @param bytesWanted that must be free besides before it starts, if it can be: what a query
    ///   that gave up needed
    /// @param bytesMax most that it may hold
    /// @throws QueryException `memory_busy` when it waited too long, `limit_exceeded` when it asks
    ///   for more than it may hold, or what `patience` throws
    public QueryMemory admit(long bytes, long bytesWanted, long bytesMax, Patience patience) {
        var query = new QueryMemory(this, Math.min(bytesMax, capacityBytes), patience);
        query.checkLimit(bytes);
        lock.lock();
        try {
            arrivals.add(query);
            long left = waitNanosMax;
            boolean waited = false;
            long wanted = Math.max(bytes + bytesWanted, capacityBytes / HEADROOM_SHARE);
            while (!mayStart(query, wanted)) {
                waited = count(waited);
                left = await(query, left);
            }
            admitted.add(query);
            grant(query, bytes);
        } finally {
            arrivals.remove(query);
            changed.signalAll();
            lock.unlock();
        }
        return query;
    }

    private boolean mayStart(QueryMemory query, long wanted) {
        if (arrivals.peek() != query) {
            return false;
        }
        return admitted.isEmpty() || growing == 0 && capacityBytes - reservedBytes >= wanted;
    }

    /// Turns of the threads that compute for the queries.
    public ComputeTurns turns() {
        return turns;
    }

    /// Takes more for a query that was let in.
    void take(QueryMemory query, long bytes) {
        lock.lock();
        try {
            if (bytes <= capacityBytes - reservedBytes) {
                grant(query, bytes);
            } else {
                waitToGrow(query, bytes);
            }
        } finally {
            lock.unlock();
        }
    }

    private void waitToGrow(QueryMemory query, long bytes) {
        turns.pause();
        long left = waitNanosMax;
        boolean waited = false;
        growing++;
        query.waiters++;
        try {
            while (bytes > capacityBytes - reservedBytes) {
                if (admitted.size() == 1) {
                    throw tooLarge(capacityBytes, "all queries of this node");
                }
                waited = count(waited);
                chooseWhoGivesUp();
                left = await(query, left);
            }
            grant(query, bytes);
        } finally {
            growing--;
            query.waiters--;
            changed.signalAll();
        }
    }

    private boolean count(boolean waited) {
        if (!waited) {
            waits.increment();
        }
        return true;
    }

    /// When nobody goes on any more, the last one that came gives way.
    private void chooseWhoGivesUp() {
        QueryMemory last = null;
        for (QueryMemory query : admitted) {
            if (query.waiters == 0 || query.givesUp) {
                return;
            }
            last = query;
        }
        if (last != null) {
            last.givesUp = true;
            changed.signalAll();
        }
    }

    /// One look of a loop.
    ///
    /// @return time that is left to wait
    @SuppressWarnings("WaitNotInLoop") // its callers loop
    private long await(QueryMemory query, long leftNanos) {
        if (query.givesUp || leftNanos <= 0) {
            refusedBusy.increment();
            throw new QueryException(
                    QueryErrorCode.MEMORY_BUSY,
                    Position.NONE,
                    "other queries hold the memory for queries of this node ("
                            + reservedBytes
                            + " of "
                            + capacityBytes
                            + " bytes); try again in a moment");
        }
        long look = Math.min(leftNanos, LOOK_NANOS);
        long lookLeft;
        try {
            lookLeft = changed.awaitNanos(look);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new QueryException(
                    QueryErrorCode.CANCELLED, Position.NONE, "the query's thread was interrupted");
        }
        query.patience.check();
        return leftNanos - (look - lookLeft);
    }

    private void grant(QueryMemory query, long bytes) {
        reservedBytes += bytes;
        reservedBytesMax = Math.max(reservedBytesMax, reservedBytes);
        query.granted(bytes);
    }

    void give(QueryMemory query, long bytes) {
        lock.lock();
        try {
            reservedBytes -= bytes;
            query.granted(-bytes);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void leave(QueryMemory query) {
        lock.lock();
        try {
            if (admitted.remove(query)) {
                reservedBytes -= query.heldBytes();
                query.granted(-query.heldBytes());
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    QueryException tooLarge(long limitBytes, String whose) {
        refusedTooLarge.increment();
        return new QueryException(
                QueryErrorCode.LIMIT_EXCEEDED,
                Position.NONE,
                "the query needs more memory than the limit of "
                        + limitBytes
                        + " bytes for "
                        + whose
                        + "; narrow the time range, group by less or add LIMIT");
    }

    public long capacityBytes() {
        return capacityBytes;
    }

    /// What is reserved now.
    public long reservedBytes() {
        lock.lock();
        try {
            return reservedBytes;
        } finally {
            lock.unlock();
        }
    }

    /// Most that was ever reserved at once.
    public long reservedBytesMax() {
        lock.lock();
        try {
            return reservedBytesMax;
        } finally {
            lock.unlock();
        }
    }

    /// Queries that were let in and have not ended.
    public int queryCount() {
        lock.lock();
        try {
            return admitted.size();
        } finally {
            lock.unlock();
        }
    }

    /// How often a query had to wait for memory, to start or to grow.
    public long waitCount() {
        return waits.sum();
    }

    /// Queries refused with `memory_busy`.
    public long busyCount() {
        return refusedBusy.sum();
    }

    /// Queries refused because they wanted more than they may hold.
    public long tooLargeCount() {
        return refusedTooLarge.sum();
    }
}
