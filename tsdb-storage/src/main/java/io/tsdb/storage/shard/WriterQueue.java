package io.tsdb.storage.shard;

import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.log.ShardLog;
import io.tsdb.storage.model.ResourceLimitException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// What a shard's log delivers, on its way to the shard's writer: each entry with its index, and
/// with the listener of the append where this node appended it.
///
/// The log's thread adds, the writer takes. While the log recovers, a fast reader waits for the
/// writer, so that few decoded entries lie in memory; after that, appends are bounded instead. A
/// replicated log, where others append, always waits.
final class WriterQueue {
    private static final int RECOVERY_WAITING_MAX = 8;
    private static final int REPLICATED_WAITING_MAX = 64;

    /// What the writer takes.
    sealed interface Step {
        /// @param append null when another node, or a former run, appended it
        record Apply(long index, LogEntry entry, @Nullable Append append) implements Step {}

        /// Everything before it was applied.
        record Reached(CompletableFuture<Void> reached) implements Step {}
    }

    private final LinkedBlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    private final AtomicLong points = new AtomicLong();

    /// Entries that the log has delivered, and those of them that are applied.
    private final AtomicLong delivered = new AtomicLong();

    private final AtomicLong applied = new AtomicLong();
    private final boolean replicated;
    private final Semaphore slots;
    private volatile boolean recovering = true;
    private volatile @Nullable Throwable failure;

    /// Committed appends whose entries were not delivered yet; the delivering thread's own.
    private final ArrayDeque<Append> committed = new ArrayDeque<>();

    /// @param replicated whether the log may always wait for the writer
    WriterQueue(boolean replicated) {
        this.replicated = replicated;
        this.slots = new Semaphore(replicated ? REPLICATED_WAITING_MAX : RECOVERY_WAITING_MAX);
    }

    /// One append of this node, from its hand-over to the log until it was applied.
    final class Append implements ShardLog.Commit {
        private final int pointCount;
        private final WriteListener listener;
        private long index;

        Append(int pointCount, WriteListener listener) {
            this.pointCount = pointCount;
            this.listener = listener;
            points.addAndGet(pointCount);
        }

        @Override
        public void committed(long committedIndex) {
            index = committedIndex;
            committed.add(this);
        }

        @Override
        public void failed(Exception cause) {
            if (cause instanceof ResourceLimitException limit) {
                end().tooLarge(String.valueOf(limit.getMessage()));
            } else {
                end().failed("the log failed: " + cause.getMessage());
            }
        }

        /// The append waits no more.
        WriteListener end() {
            points.addAndGet(-pointCount);
            return listener;
        }
    }

    /// Points that are on their way through the log, or wait for the writer.
    long points() {
        return points.get();
    }

    /// Takes what the log delivers. The log's thread.
    ///
    /// @throws IllegalStateException when the writer has stopped, and the log is one of several
    ///   replicas: this one must not go on as if it had applied
    void deliver(long index, LogEntry entry) {
        Append own = committed.peek();
        if (own != null && own.index == index) {
            committed.remove();
        } else {
            own = null;
        }
        if (recovering || replicated) {
            slots.acquireUninterruptibly();
        }
        delivered.incrementAndGet();
        steps.add(new Step.Apply(index, entry, own));
        Throwable failed = failure;
        if (failed != null) {
            refuseAll();
            if (replicated) {
                throw new IllegalStateException("the shard's writer has stopped", failed);
            }
        }
    }

    /// An entry that was taken is seen by scans. The writer.
    void applied() {
        applied.incrementAndGet();
    }

    /// Told when everything that was delivered before is applied; mostly it is, and then the writer
    /// is not woken.
    CompletableFuture<Void> reached() {
        if (failure == null && applied.get() == delivered.get()) {
            return CompletableFuture.completedFuture(null);
        }
        var reached = new CompletableFuture<Void>();
        steps.add(new Step.Reached(reached));
        if (failure != null) {
            refuseAll();
        }
        return reached;
    }

    /// From now on the log's thread never waits.
    void recovered() {
        recovering = false;
    }

    /// @return null when nothing came within the time
    @Nullable Step take(long millis) throws InterruptedException {
        Step step = steps.poll(millis, TimeUnit.MILLISECONDS);
        if ((recovering || replicated) && step instanceof Step.Apply) {
            slots.release();
        }
        return step;
    }

    /// Has the writer look up before its time.
    void wake() {
        steps.add(new Step.Reached(new CompletableFuture<>()));
    }

    boolean isEmpty() {
        return steps.isEmpty();
    }

    /// The writer has ended: whoever waits is told, and whatever comes.
    void fail(Throwable cause) {
        failure = cause;
        refuseAll();
    }

    private void refuseAll() {
        Throwable cause = failure;
        var rest = new ArrayList<Step>();
        steps.drainTo(rest);
        slots.release(rest.size());
        if (cause != null) {
            refuse(rest, cause);
        }
    }

    private static void refuse(List<Step> rest, Throwable cause) {
        for (Step step : rest) {
            switch (step) {
                case Step.Apply(long _, LogEntry _, Append append) -> {
                    if (append != null) {
                        append.end().failed("the shard's writer has stopped: " + cause);
                    }
                }
                case Step.Reached(CompletableFuture<Void> reached) ->
                        reached.completeExceptionally(cause);
            }
        }
    }
}
