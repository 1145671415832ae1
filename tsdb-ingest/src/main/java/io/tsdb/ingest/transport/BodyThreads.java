package io.tsdb.ingest.transport;

import io.tsdb.storage.model.Ticker;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Threads for bodies that take long to inflate and decode, so that the event loops stay free; and
/// the clock that says what is long. Any thread.
public final class BodyThreads implements AutoCloseable {
    private final Executor executor;
    private final Ticker ticker;
    private final Runnable closing;

    BodyThreads(Executor executor, Ticker ticker) {
        this(executor, ticker, () -> {});
    }

    private BodyThreads(Executor executor, Ticker ticker, Runnable closing) {
        this.executor = executor;
        this.ticker = ticker;
        this.closing = closing;
    }

    /// So many threads; bodies share them in slices.
    public static BodyThreads create(int threads, Ticker ticker) {
        ExecutorService pool =
                Executors.newFixedThreadPool(
                        threads, Thread.ofPlatform().name("body-", 1).daemon().factory());
        return new BodyThreads(pool, ticker, pool::shutdownNow);
    }

    /// @throws java.util.concurrent.RejectedExecutionException after [#close]
    void execute(Runnable work) {
        executor.execute(work);
    }

    Ticker ticker() {
        return ticker;
    }

    /// What waits is dropped; the servers are stopped before.
    @Override
    public void close() {
        closing.run();
    }
}
