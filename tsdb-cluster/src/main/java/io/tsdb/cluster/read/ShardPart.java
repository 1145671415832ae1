package io.tsdb.cluster.read;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.FragmentProfile;
import io.tsdb.query.fragment.FragmentTask;
import io.tsdb.query.fragment.FragmentTasks;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.fragment.ScanCounts;
import io.tsdb.query.plan.Fragment;
import io.tsdb.storage.scan.ScanSource;

import org.jspecify.annotations.Nullable;

/// A fragment at one shard, with the batches it fills in turn. Worked on by one thread at a time,
/// which [LocalResults] sees to; all but [#work] and [#newBatch] is under its lock.
final class ShardPart {
    /// Batches of a shard: one is read, one is filled, one lies ready.
    private static final int BATCHES = 3;

    private final Fragment fragment;
    private final ScanSource shard;
    private final QueryControl control;
    private final @Nullable ScanCounts counts;
    private @Nullable FragmentTask task;
    private int batchesOut;
    private final ColumnBatch[] free = new ColumnBatch[BATCHES];
    private int freeCount;
    private boolean isRunning;
    private boolean isDone;

    ShardPart(Fragment fragment, NumberedShard shard, QueryControl control) {
        this.fragment = fragment;
        this.shard = shard.source();
        this.control = control;
        FragmentProfile profile = control.profile();
        this.counts = profile == null ? null : profile.addShard(shard.number());
    }

    /// Claims the right to work when there is work and room for its outcome.
    boolean claim() {
        if (isRunning || isDone || batchesOut == BATCHES) {
            return false;
        }
        isRunning = true;
        batchesOut++;
        return true;
    }

    /// A batch to fill that was read, or null when a new one is needed; after [#claim].
    @Nullable ColumnBatch takeFree() {
        return freeCount > 0 ? free[--freeCount] : null;
    }

    /// Another batch; without the lock, since it may wait for memory.
    ColumnBatch newBatch() {
        control.memory().account().reserve(ColumnBatch.memoryBytes(fragment.types().size()));
        return new ColumnBatch(fragment.types());
    }

    boolean isRunning() {
        return isRunning;
    }

    boolean isDone() {
        return isDone;
    }

    /// Fills the batch; without the lock, by who claimed.
    ///
    /// @return false when there are no more rows
    boolean work(ColumnBatch batch) {
        ScanCounts counted = counts;
        long began = counted == null ? 0 : control.ticker().nanos();
        FragmentTask started = task;
        if (started == null) {
            started = FragmentTasks.open(fragment, shard, control, counted);
            task = started;
        }
        boolean hasRows = started.next(batch);
        if (counted != null) {
            counted.addWork(hasRows ? batch.rowCount() : 0, control.ticker().nanos() - began);
        }
        return hasRows;
    }

    /// Ends the claim.
    ///
    /// @param batch null when there was none for want of memory
    /// @param hasRows whether the batch is to be read; else it is free again
    void finishWork(@Nullable ColumnBatch batch, boolean hasRows) {
        isRunning = false;
        if (!hasRows) {
            isDone = true;
            if (batch == null) {
                batchesOut--;
            } else {
                release(batch);
            }
        }
    }

    /// Takes back a batch that was read.
    void release(ColumnBatch batch) {
        batchesOut--;
        free[freeCount++] = batch;
    }

    /// Releases the snapshot; while nobody works.
    void close() {
        isDone = true;
        FragmentTask started = task;
        if (started != null) {
            started.close();
            task = null;
        }
    }
}
