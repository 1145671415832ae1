package io.tsdb.ingest.batch;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/// Batches of a connection that nobody reads at the moment. Any thread.
final class BatchPool {
    /// More are in flight only when a client pipelines deeply.
    private static final int COUNT_MAX = 4;

    /// Larger ones are left to the garbage collector, so that one big request does not hold its
    /// memory for the life of its connection.
    private static final long BYTES_MAX = 16L << 20;

    private static final int TARGETS_MAX = 1 << 12;

    private final ArrayDeque<RequestBatches> idle = new ArrayDeque<>();

    synchronized @Nullable RequestBatches take() {
        return idle.pollLast();
    }

    void give(RequestBatches batches) {
        if (!batches.isReusable()
                || batches.bytes() > BYTES_MAX
                || batches.targetCount() > TARGETS_MAX) {
            return;
        }
        batches.clear();
        keep(batches);
    }

    private synchronized void keep(RequestBatches batches) {
        if (idle.size() < COUNT_MAX) {
            idle.addLast(batches);
        }
    }
}
