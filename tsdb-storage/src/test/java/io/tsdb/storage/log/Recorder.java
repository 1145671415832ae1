package io.tsdb.storage.log;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Entries of tests that carry one number each, and what a log says about them.
final class Recorder implements LocalLog.Replay {
    /// An entry as replay gave it.
    record Entry(int shard, long index, long value) {}

    final List<Entry> entries = new ArrayList<>();

    static LogEntry entry(long value) {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows("m");
        rows.column("v", FieldType.INT64).put(rows.addRow(0, value), value);
        return new LogEntry.Write(batch);
    }

    /// An entry of about `bytes` that cannot be compressed.
    static LogEntry entry(long value, int bytes) {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows("m");
        int row = rows.addRow(0, value);
        rows.column("v", FieldType.INT64).put(row, value);
        rows.column("s", FieldType.STRING).putString(row, new byte[bytes], 0, bytes);
        return new LogEntry.Write(batch);
    }

    static long value(LogEntry entry) {
        return switch (entry) {
            case LogEntry.Write(PointBatch batch) ->
                    batch.measurements().getFirst().columns().getFirst().values()[0];
            case LogEntry.DropDatabase _ -> -1;
        };
    }

    /// Waits until the log has said what became of an entry.
    static final class Outcome implements ShardLog.Commit {
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile long index;
        private volatile @Nullable Exception cause;

        @Override
        public void durable(long durableIndex) {
            index = durableIndex;
            done.countDown();
        }

        @Override
        public void failed(Exception failure) {
            cause = failure;
            done.countDown();
        }

        /// @return the index, or -1 when the log failed
        long await() throws InterruptedException {
            if (!done.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("the log does not answer");
            }
            return cause == null ? index : -1;
        }

        boolean isDone() {
            return done.getCount() == 0;
        }
    }

    /// Appends and waits until the entry is durable.
    static long append(ShardLog log, LogEntry entry) throws InterruptedException {
        var outcome = new Outcome();
        if (!log.append(entry, outcome)) {
            throw new AssertionError("the queue is full");
        }
        return outcome.await();
    }

    @Override
    public void entry(int shard, long index, LogEntry entry) {
        entries.add(new Entry(shard, index, value(entry)));
    }
}
