package io.tsdb.storage.log;

import io.tsdb.storage.model.DurationHistogram;
import io.tsdb.storage.model.Ticker;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/// The one thread that writes a [LocalLog]: takes groups, writes, syncs, answers. After a failure
/// it acknowledges nothing before the log was opened anew behind what is durable, which it tries
/// again and again.
final class LogThread {
    private static final Logger LOG = LoggerFactory.getLogger(LogThread.class);

    private final LocalLog log;
    private final AppendQueue queue;
    private final SegmentWriter writer;
    private final UnusedRoom room;
    private final boolean syncFirst;
    private final long asyncSyncNanos;
    private final long reopenNanos;
    private final Ticker ticker;
    private final Thread thread;

    private volatile @Nullable Exception failure;
    private long lastSyncNanos;
    private boolean unsynced;
    private long lastReopenNanos;
    private String lastReopenProblem = "";

    private final LongAdder appendCount = new LongAdder();
    private final LongAdder groupCount = new LongAdder();
    private final LongAdder syncCount = new LongAdder();
    private final LongAdder writtenBytes = new LongAdder();
    private final LongAdder syncNanosTotal = new LongAdder();
    private final DurationHistogram syncDurations = new DurationHistogram();
    private final LongAccumulator syncNanosMax = new LongAccumulator(Math::max, 0);

    LogThread(
            LocalLog log,
            AppendQueue queue,
            SegmentWriter writer,
            UnusedRoom room,
            LogConfig config,
            Ticker ticker) {
        this.log = log;
        this.queue = queue;
        this.writer = writer;
        this.room = room;
        this.syncFirst = config.durability() == Durability.SYNC;
        this.asyncSyncNanos = TimeUnit.MILLISECONDS.toNanos(config.asyncSyncMillis());
        this.reopenNanos = TimeUnit.MILLISECONDS.toNanos(config.reopenMillis());
        this.ticker = ticker;
        this.thread = Thread.ofPlatform().name("wal").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void join() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // the log must end in order; the caller hears of it after that
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    LogStatistics statistics(long queuedBytes, long idleBytes) {
        return new LogStatistics(
                appendCount.sum(),
                groupCount.sum(),
                syncCount.sum(),
                writtenBytes.sum(),
                syncNanosTotal.sum(),
                syncNanosMax.get(),
                queuedBytes,
                idleBytes);
    }

    DurationHistogram syncDurations() {
        return syncDurations;
    }

    private void run() {
        List<Append> spare = new ArrayList<>();
        int siblings = 0;
        while (true) {
            List<Append> group = queue.take(siblings, spare, waitNanos());
            if (!group.isEmpty()) {
                commit(group);
            }
            syncWhenDue();
            giveBackWhenDue();
            reopenWhenDue();
            if (group.isEmpty() && queue.isClosed()) {
                break;
            }
            siblings = group.size();
            group.clear();
            spare = group;
        }
        end();
    }

    private long waitNanos() {
        if (failure != null) {
            return Math.max(1, reopenNanos - (ticker.nanos() - lastReopenNanos));
        }
        long untilLook = room.waitNanos();
        if (!unsynced) {
            return untilLook;
        }
        long untilSync = Math.max(1, asyncSyncNanos - (ticker.nanos() - lastSyncNanos));
        return Math.min(untilLook, untilSync);
    }

    private void commit(List<Append> group) {
        long bytes = 0;
        for (Append append : group) {
            bytes += append.recordBytes();
        }
        if (failure == null) {
            try {
                write(group);
                writtenBytes.add(bytes);
                room.wrote(bytes);
                groupCount.increment();
            } catch (IOException | RuntimeException e) {
                fail(e);
            } catch (Error e) {
                fail(new IllegalStateException("log thread ran into " + e, e));
            }
        }
        answer(group);
        queue.release(bytes);
    }

    private void write(List<Append> group) throws IOException {
        for (Append append : group) {
            if (writer.prepare(append.recordBytes(), log.states())) {
                log.segmentOpened(writer.active());
            }
            writer.write(append);
        }
        if (syncFirst) {
            sync();
        } else {
            writer.flush();
            if (!unsynced) {
                unsynced = true;
                lastSyncNanos = ticker.nanos();
            }
        }
    }

    private void sync() throws IOException {
        long start = ticker.nanos();
        var event = new LogSyncEvent();
        event.begin();
        try {
            writer.sync();
        } finally {
            event.commit();
        }
        long nanos = ticker.nanos() - start;
        log.states().forEach(ShardState::synced);
        syncCount.increment();
        syncNanosTotal.add(nanos);
        syncNanosMax.accumulate(nanos);
        syncDurations.record(nanos);
    }

    /// With [Durability#ASYNC]: the sync that comes later.
    private void syncWhenDue() {
        if (unsynced && failure == null && ticker.nanos() - lastSyncNanos >= asyncSyncNanos) {
            unsynced = false;
            try {
                sync();
            } catch (IOException | RuntimeException e) {
                fail(e);
            }
        }
    }

    private void giveBackWhenDue() {
        if (failure == null) {
            try {
                room.giveBackWhenDue();
            } catch (IOException | RuntimeException e) {
                fail(e);
            }
        }
    }

    private void fail(Exception cause) {
        failure = cause;
        unsynced = false;
        lastReopenNanos = ticker.nanos();
        LOG.error(
                "log {}: failed, nothing is acknowledged before it can be opened anew, which is"
                        + " tried every {} ms",
                writer.active().path(),
                TimeUnit.NANOSECONDS.toMillis(reopenNanos),
                cause);
    }

    /// What the log fails on; null when it takes entries.
    @Nullable Exception failure() {
        return failure;
    }

    private void reopenWhenDue() {
        if (failure == null || ticker.nanos() - lastReopenNanos < reopenNanos) {
            return;
        }
        try {
            writer.reopen(log.states());
            log.segmentOpened(writer.active());
            failure = null;
            LOG.info("log {}: entries are taken again", writer.active().path());
        } catch (IOException | RuntimeException e) {
            if (!String.valueOf(e.getMessage()).equals(lastReopenProblem)) {
                LOG.warn("log {}: not well yet: {}", writer.active().path(), e.toString());
            }
            lastReopenProblem = String.valueOf(e.getMessage());
        }
        lastReopenNanos = ticker.nanos();
    }

    private void answer(List<Append> group) {
        Exception cause = failure;
        if (cause == null) {
            appendCount.add(group.size());
        }
        for (Append append : group) {
            try {
                if (cause == null || writer.isDurable(append)) {
                    append.shard().lastIndex(append.index());
                    append.commit().committed(append.index());
                    append.shard().deliver(append.index(), append.entry());
                } else {
                    append.commit().failed(cause);
                }
            } catch (RuntimeException e) {
                LOG.error("BUG: the applier of log {} threw", append.shard().shard(), e);
            }
            log.recycle(append.record());
        }
    }

    private void end() {
        try (writer) {
            if (failure == null) {
                writer.markSynced();
                room.end();
            }
        } catch (IOException e) {
            LOG.error("log {}: cannot be closed in order", writer.active().path(), e);
        }
    }
}
