package io.tsdb.storage.shard;

import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogEntry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Recovery of all shards: the caller's thread reads and decodes the log, and each shard applies
/// its entries, in log order, on a thread of its own.
///
/// Shards share no state but the catalog, as in normal operation, so the order between shards does
/// not matter.
final class ShardReplay implements LocalLog.Replay {
    /// Decoded entries that wait for one shard; keeps a fast reader's memory small.
    private static final int WAITING_MAX = 8;

    private sealed interface Step {
        record Apply(long index, LogEntry entry) implements Step {}

        record End() implements Step {}
    }

    private final List<Shard> shards;
    private final List<BlockingQueue<Step>> queues = new ArrayList<>();
    private volatile @Nullable Throwable failure;

    private ShardReplay(List<Shard> shards) {
        this.shards = shards;
    }

    /// Brings the shards up to what the log holds.
    ///
    /// @throws IOException when the log cannot be read
    static void run(LocalLog log, List<Shard> shards) throws IOException {
        var replay = new ShardReplay(shards);
        List<Thread> threads = replay.start();
        try {
            log.replay(replay);
        } finally {
            replay.finish(threads);
        }
        replay.check();
    }

    private List<Thread> start() {
        var threads = new ArrayList<Thread>();
        for (Shard shard : shards) {
            var queue = new ArrayBlockingQueue<Step>(WAITING_MAX);
            queues.add(queue);
            Thread thread =
                    new Thread(() -> apply(shard, queue), "shard-" + shard.id() + "-replay");
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private void apply(Shard shard, BlockingQueue<Step> queue) {
        try {
            while (queue.take() instanceof Step.Apply(long index, LogEntry entry)) {
                if (failure == null) {
                    applyOne(shard, index, entry);
                }
            }
        } catch (InterruptedException e) {
            failure = e;
        }
    }

    /// After a failure the queue is still emptied, so that the reader never waits for a dead
    /// thread.
    private void applyOne(Shard shard, long index, LogEntry entry) {
        try {
            shard.replay(index, entry);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    @Override
    public boolean wants(int shard, long index) {
        return shards.get(shard).wantsReplayOf(index);
    }

    @Override
    public void entry(int shard, long index, LogEntry entry) {
        check();
        put(shard, new Step.Apply(index, entry));
    }

    private void finish(List<Thread> threads) {
        for (int shard = 0; shard < queues.size(); shard++) {
            put(shard, new Step.End());
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
    }

    private void put(int shard, Step step) {
        try {
            queues.get(shard).put(step);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("recovery was interrupted", e);
    }

    private void check() {
        Throwable thrown = failure;
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        if (thrown != null) {
            throw new IllegalStateException("the log could not be applied: " + thrown, thrown);
        }
    }
}
