package io.tsdb.cluster.node.server;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Threads of queries.
final class QueryThreads {
    private static final int STATEMENTS_PER_CORE = 8;
    private static final int STATEMENTS_MIN = 16;
    private static final int SERVED_PER_CORE = 4;
    private static final int QUEUED_MAX = 1000;
    private static final int IDLE_SECONDS = 60;

    private QueryThreads() {}

    /// Each runs one statement, and is held while it waits for shards or for a slow client, so
    /// there are more than cores; beyond a queue a statement is refused.
    static ExecutorService forStatements(int coreCount) {
        return pool(
                "statement", Math.max(STATEMENTS_MIN, STATEMENTS_PER_CORE * coreCount), QUEUED_MAX);
    }

    /// They compute at the shards; the statements' threads take part, so none is ever waited for.
    static ExecutorService forFragments(int coreCount) {
        return pool("fragment", coreCount, Integer.MAX_VALUE);
    }

    /// They compute for other nodes' queries, and may wait for memory.
    static ExecutorService forServedFragments(int coreCount) {
        return pool(
                "served-fragment",
                Math.max(STATEMENTS_MIN, SERVED_PER_CORE * coreCount),
                Integer.MAX_VALUE);
    }

    private static ExecutorService pool(String name, int threads, int queuedMax) {
        var number = new AtomicInteger();
        var pool =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(queuedMax),
                        work ->
                                Thread.ofPlatform()
                                        .name(name + "-" + number.incrementAndGet())
                                        .daemon()
                                        .unstarted(work));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
