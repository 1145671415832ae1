package io.tsdb.storage.log;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.TestNumbers;
import io.tsdb.storage.model.Ticker;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Entries of tests that carry one number each, and what a log delivers of them.
public final class Recorder {
    /// An entry as replay gave it.
    record Entry(int shard, long index, long value) {}

    private static final int SHARDS = 8;

    private final Map<Integer, Long> applied = new HashMap<>();
    final List<Entry> entries = Collections.synchronizedList(new ArrayList<>());

    public static LogEntry entry(long value) {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows("m");
        rows.column("v", FieldType.INT64).put(rows.addRow(0, value), value);
        return new LogEntry.Write(TestNumbers.number(batch));
    }

    /// An entry of about `bytes` that cannot be compressed.
    public static LogEntry entry(long value, int bytes) {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows("m");
        int row = rows.addRow(0, value);
        rows.column("v", FieldType.INT64).put(row, value);
        rows.column("s", FieldType.STRING).putString(row, new byte[bytes], 0, bytes);
        return new LogEntry.Write(TestNumbers.number(batch));
    }

    public static long value(LogEntry entry) {
        return switch (entry) {
            case LogEntry.Write(PointBatch batch) ->
                    batch.measurements().getFirst().columns().getFirst().values()[0];
            case LogEntry.DropDatabase _ -> -1;
            default -> -2;
        };
    }

    /// Waits until the log has said what became of an entry.
    static final class Outcome implements ShardLog.Commit {
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile long index;
        private volatile @Nullable Exception cause;

        @Override
        public void committed(long committedIndex) {
            index = committedIndex;
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

    /// Entries of a log up to an index are known from elsewhere.
    Recorder applied(int shard, long index) {
        applied.put(shard, index);
        return this;
    }

    /// Starts every log that the tests use.
    Recorder start(NodeLog log) {
        for (int shard = 0; shard < SHARDS; shard++) {
            start(log, shard, applied.getOrDefault(shard, 0L));
        }
        return this;
    }

    void start(NodeLog log, int shard, long appliedIndex) {
        log.shard(shard)
                .start(
                        appliedIndex,
                        (index, entry) -> entries.add(new Entry(shard, index, value(entry))));
    }

    /// A local log whose entries go nowhere.
    static LocalLog open(FileStore io, Path directory, LogConfig config) throws IOException {
        return open(io, directory, config, new Recorder());
    }

    /// A local log that delivers to a recorder.
    static LocalLog open(FileStore io, Path directory, LogConfig config, Recorder recorder)
            throws IOException {
        return open(io, directory, config, System::nanoTime, recorder);
    }

    /// A local log with a time of the test's own.
    static LocalLog open(
            FileStore io, Path directory, LogConfig config, Ticker ticker, Recorder recorder)
            throws IOException {
        LocalLog log = LocalLog.open(io, directory, config, ticker);
        recorder.start(log);
        try {
            log.recover();
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
        return log;
    }
}
