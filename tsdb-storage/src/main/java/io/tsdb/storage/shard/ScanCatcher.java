package io.tsdb.storage.shard;

import io.tsdb.storage.head.Head;
import io.tsdb.storage.head.HeadRows;
import io.tsdb.storage.head.RowArrays;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.schema.MeasurementSchema;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Catches what scans read of a shard, beside its writer. Any thread.
final class ScanCatcher {
    /// Series that a scan catches while it holds the lock: some 50 us.
    private static final int SERIES_PER_LOCK = 1024;

    private final ReentrantLock lock;
    private final Supplier<Head> head;
    private final RowArrays arrays;
    private final FlushQueue flushes;
    private final PartSet parts;

    /// @param lock of the shard, a fair one
    /// @param head that takes in writes now
    /// @param arrays of the heads' buffers, which scans hold
    ScanCatcher(
            ReentrantLock lock,
            Supplier<Head> head,
            RowArrays arrays,
            FlushQueue flushes,
            PartSet parts) {
        this.lock = lock;
        this.head = head;
        this.arrays = arrays;
        this.flushes = flushes;
        this.parts = parts;
    }

    /// Rows that lie in parts, without those in memory.
    ScanCapture inParts(MeasurementSchema schema, int[] ids, TimeRange range) {
        return new ScanCapture(ids, List.of(), parts.acquire(schema.id(), range), () -> {});
    }

    /// Catches what a scan reads. The lock is held for a moment, and then for so many series at a
    /// time that a writer hardly waits; what changes between is kept as it was.
    ScanCapture all(MeasurementSchema schema, int[] ids, TimeRange range) {
        return all(schema, () -> ids, range);
    }

    /// Like the other, of series that are known under the lock: asked at the very moment that the
    /// capture is of.
    ScanCapture all(MeasurementSchema schema, Supplier<int[]> asked, TimeRange range) {
        int[] ids;
        Head current;
        long snapshot;
        List<Snapshot> older;
        PartSet.Acquired chosen;
        long reader;
        lock.lock();
        try {
            ids = asked.get();
            current = head.get();
            older = begin(flushes.heads(schema));
            chosen = parts.acquire(schema.id(), range);
            snapshot = current.beginSnapshot();
            reader = arrays.begin();
        } finally {
            lock.unlock();
        }
        var captured = new ArrayList<HeadRows>();
        try {
            for (Snapshot old : older) {
                var rows = new HeadRows(ids.length);
                for (int i = 0; i < ids.length; i++) {
                    old.head().capture(ids[i], rows, i);
                }
                captured.add(rows);
            }
            captured.add(capture(current, snapshot, ids));
        } catch (RuntimeException | Error e) {
            chosen.parts().forEach(Part::release);
            arrays.end(reader);
            throw e;
        } finally {
            older.forEach(old -> end(old.head(), old.number()));
            end(current, snapshot);
        }
        return new ScanCapture(ids, captured, chosen, () -> arrays.end(reader));
    }

    private record Snapshot(Head head, long number) {}

    /// While it is open, a head keeps what a flush has put into parts meanwhile.
    private static List<Snapshot> begin(List<Head> heads) {
        return heads.stream().map(old -> new Snapshot(old, old.beginSnapshot())).toList();
    }

    private HeadRows capture(Head current, long snapshot, int[] ids) {
        var rows = new HeadRows(ids.length);
        for (int from = 0; from < ids.length; from += SERIES_PER_LOCK) {
            int to = Math.min(ids.length, from + SERIES_PER_LOCK);
            lock.lock();
            try {
                for (int i = from; i < to; i++) {
                    current.capture(ids[i], snapshot, rows, i);
                }
            } finally {
                lock.unlock();
            }
        }
        return rows;
    }

    private void end(Head current, long snapshot) {
        List<?> kept;
        lock.lock();
        try {
            kept = current.endSnapshot(snapshot);
        } finally {
            lock.unlock();
        }
        for (int from = 0; from < kept.size(); from += SERIES_PER_LOCK) {
            lock.lock();
            try {
                current.forget(kept.subList(from, Math.min(kept.size(), from + SERIES_PER_LOCK)));
            } finally {
                lock.unlock();
            }
        }
    }
}
