package io.tsdb.ingest.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/// Threads for bodies that take long to inflate and decode, so that the event loops stay free; and
/// the clock that says what is long. Any thread.
public final class BodyThreads implements AutoCloseable {
    private final Executor executor;
    private final LongSupplier nanoTime;
    private final Runnable closing;

    /// @param nanoTime as [System#nanoTime]
    BodyThreads(Executor executor, LongSupplier nanoTime) {
        this(executor, nanoTime, () -> {});
    }

    private BodyThreads(Executor executor, LongSupplier nanoTime, Runnable closing) {
        this.executor = executor;
        this.nanoTime = nanoTime;
        this.closing = closing;
    }

    /// So many threads; bodies share them in slices.
    public static BodyThreads create(int threads) {
        ExecutorService pool =
                Executors.newFixedThreadPool(
                        threads, Thread.ofPlatform().name("body-", 1).daemon().factory());
        return new BodyThreads(pool, System::nanoTime, pool::shutdownNow);
    }

    /// @throws java.util.concurrent.RejectedExecutionException after [#close]
    void execute(Runnable work) {
        executor.execute(work);
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /// What waits is dropped; the servers are stopped before.
    @Override
    public void close() {
        closing.run();
    }
}
