package io.tsdb.storage.shard;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The threads that all shards of a store share, what they do on their own, and how they end. The
/// store's own thread uses this; what it hands out takes work from any.
final class StoreThreads {
    private static final Logger LOG = LoggerFactory.getLogger(StoreThreads.class);
    private static final long TICK_SECONDS = 1;

    /// A file system commits what waits at once: some threads that wait are enough.
    private static final int SYNC_THREADS = 8;

    private static final long COMPACTION_CHECK_SECONDS = 10;
    private static final long EXPIRY_CHECK_SECONDS = 60;
    private static final long END_SECONDS = 10;

    private final ScheduledThreadPoolExecutor flushes =
            new ScheduledThreadPoolExecutor(1, work -> daemon(work, "flush"));
    private final ThreadPoolExecutor syncs =
            new ThreadPoolExecutor(
                    SYNC_THREADS,
                    SYNC_THREADS,
                    10,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    work -> daemon(work, "part-sync"));
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "store-watch"));
    private final ScheduledThreadPoolExecutor compaction =
            new ScheduledThreadPoolExecutor(1, work -> daemon(work, "compaction"));
    private final ExecutorService answers =
            Executors.newSingleThreadExecutor(work -> daemon(work, "catalog-answers"));

    StoreThreads() {
        syncs.allowCoreThreadTimeOut(true);
    }

    ScheduledThreadPoolExecutor flushes() {
        return flushes;
    }

    /// For files of parts that are to be synced side by side.
    ThreadPoolExecutor syncs() {
        return syncs;
    }

    ScheduledThreadPoolExecutor compaction() {
        return compaction;
    }

    /// For what the catalog's log has answered.
    ExecutorService answers() {
        return answers;
    }

    /// Begins what runs on its own, until [#endChecks].
    ///
    /// @param tick every second
    /// @param compact every ten
    /// @param expire every minute
    void start(Runnable tick, Runnable compact, Runnable expire) {
        watch.scheduleWithFixedDelay(goingOn(tick), 0, TICK_SECONDS, TimeUnit.SECONDS);
        compaction.scheduleWithFixedDelay(
                goingOn(compact),
                COMPACTION_CHECK_SECONDS,
                COMPACTION_CHECK_SECONDS,
                TimeUnit.SECONDS);
        compaction.scheduleWithFixedDelay(
                goingOn(expire), 0, EXPIRY_CHECK_SECONDS, TimeUnit.SECONDS);
    }

    /// What an executor does again and again it would never do again after an exception.
    static Runnable goingOn(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.error("BUG: what runs on its own failed, and goes on: {}", e, e);
            }
        };
    }

    void endChecks() {
        watch.shutdownNow();
        compaction.shutdown();
    }

    void awaitCompaction() throws InterruptedException {
        if (!compaction.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("a compaction was still running at the end");
        }
    }

    /// Nothing else runs any more, so every core may flush.
    void flushOnEveryCore(int shards) {
        int cores = Runtime.getRuntime().availableProcessors();
        flushes.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        flushes.setCorePoolSize(Math.clamp(shards, 1, cores));
    }

    void endFlushes() throws InterruptedException {
        flushes.shutdown();
        if (!flushes.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("a flush was still running at the end");
        }
        syncs.shutdown();
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
