package io.tsdb.cluster.read;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Batches of all shards in one bounded queue. Threads of the executor fill batches while there is
/// room; the reader fills one itself rather than wait for work that nobody has begun.
final class LocalResults implements PartialResults {
    private record Ready(ShardPart part, ColumnBatch batch) {}

    private final List<ShardPart> parts = new ArrayList<>();
    private final QueryControl control;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Ready> ready = new ArrayDeque<>();
    private @Nullable Ready reading;
    private @Nullable Throwable failure;
    private boolean isClosed;

    LocalResults(
            Fragment fragment,
            List<NumberedShard> shards,
            QueryControl control,
            Executor executor) {
        this.control = control.forFragment();
        this.executor = executor;
        for (NumberedShard shard : shards) {
            parts.add(new ShardPart(fragment, shard, this.control));
        }
    }

    /// Offers all shards but one to the executor: that one is the reader's own to begin with.
    void start() {
        for (ShardPart part : parts.subList(Math.min(1, parts.size()), parts.size())) {
            offer(part);
        }
    }

    private void offer(ShardPart part) {
        try {
            executor.execute(() -> runInBackground(part));
        } catch (RejectedExecutionException _) {
            // the executor is full or closing: the reader does the work itself
        }
    }

    /// Fills batches of a shard until there is no room for more.
    private void runInBackground(ShardPart part) {
        while (true) {
            ColumnBatch free;
            lock.lock();
            try {
                if (isClosed || failure != null || !part.claim()) {
                    return;
                }
                free = part.takeFree();
            } finally {
                lock.unlock();
            }
            fill(part, free);
        }
    }

    /// Does the work that was claimed, and tells its outcome.
    ///
    /// @param free to be filled; null for a new one
    private void fill(ShardPart part, @Nullable ColumnBatch free) {
        ColumnBatch batch = free;
        boolean hasRows = false;
        Throwable thrown = null;
        control.beginWork();
        try {
            if (batch == null) {
                batch = part.newBatch();
            }
            hasRows = part.work(batch);
        } catch (RuntimeException | Error e) {
            // handed to the reader, on whose behalf this thread works
            thrown = e;
        } finally {
            control.endWork();
        }
        lock.lock();
        try {
            part.finishWork(batch, hasRows);
            if (thrown != null && failure == null) {
                failure = thrown;
            }
            if (hasRows && batch != null) {
                ready.add(new Ready(part, batch));
            }
            if (part.isDone()) {
                part.close();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable ColumnBatch next() {
        release();
        while (true) {
            ShardPart own = null;
            ColumnBatch free = null;
            lock.lock();
            try {
                throwFailure();
                Ready first = ready.poll();
                if (first != null) {
                    reading = first;
                    return first.batch();
                }
                for (ShardPart part : parts) {
                    if (part.claim()) {
                        own = part;
                        free = part.takeFree();
                        break;
                    }
                }
                if (own == null) {
                    if (parts.stream().allMatch(ShardPart::isDone)) {
                        return null;
                    }
                    await();
                }
            } finally {
                lock.unlock();
            }
            if (own != null) {
                fill(own, free);
            }
        }
    }

    /// Gives back the batch that was read last, and has its shard go on.
    private void release() {
        Ready last = reading;
        if (last == null) {
            return;
        }
        reading = null;
        boolean goesOn;
        lock.lock();
        try {
            last.part().release(last.batch());
            goesOn = !last.part().isDone() && !last.part().isRunning();
        } finally {
            lock.unlock();
        }
        if (goesOn) {
            offer(last.part());
        }
    }

    private void throwFailure() {
        Throwable thrown = failure;
        switch (thrown) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException("BUG: a shard threw", thrown);
        }
        if (isClosed) {
            throw new IllegalStateException("the results are closed");
        }
    }

    /// Waits until a shard at work has something to tell, or time is up.
    private void await() {
        long left = control.remaining().toNanos() + 1;
        try {
            while (ready.isEmpty()
                    && failure == null
                    && left > 0
                    && parts.stream().anyMatch(ShardPart::isRunning)) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new QueryException(
                    QueryErrorCode.CANCELLED, Position.NONE, "the query's thread was interrupted");
        }
        control.check();
    }

    @Override
    public void close() {
        // a shard at work stops at its next block
        control.stop();
        lock.lock();
        try {
            isClosed = true;
            while (parts.stream().anyMatch(ShardPart::isRunning)) {
                changed.awaitUninterruptibly();
            }
            ready.clear();
            parts.forEach(ShardPart::close);
        } finally {
            lock.unlock();
        }
    }
}
