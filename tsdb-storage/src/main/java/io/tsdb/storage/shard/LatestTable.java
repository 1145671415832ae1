package io.tsdb.storage.shard;

import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.LatestRows;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.schema.Retention;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// The newest row of every series of a measurement in a shard, in columns: the series' id, the
/// time, and the fields that were asked for so far.
///
/// A row is what a cursor gives as the last one of the series over all times: so late and repeated
/// points, deletes, and rows that lie in memory or in parts are right by the one code that knows
/// them, and a table that is not there yet is made of the parts' statistics. Only series that
/// changed since are looked at again ([io.tsdb.storage.head.ChangedSeries]). Rows that have expired
/// are told by their time.
///
/// Read by many threads at once; brought up to date by one.
final class LatestTable {
    private static final long LOCK_WAIT_MILLIS = 200;
    private static final int ROW_BYTES = Integer.BYTES + 2 * Long.BYTES;

    private final LatestTables owner;
    private final MeasurementId measurement;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    private int[] ids = {};
    private long[] hashes = {};
    private long[] times = {};
    private long[] present = {};
    private int count;
    private List<LatestColumn> columns = List.of();
    private @Nullable Retention retention;
    private boolean isWhole;
    private boolean isGivenUp;
    private volatile long bytes;

    LatestTable(LatestTables owner, MeasurementId measurement) {
        this.owner = owner;
        this.measurement = measurement;
    }

    MeasurementId measurement() {
        return measurement;
    }

    /// Memory, about.
    long bytes() {
        return bytes;
    }

    /// @return null when there is no room, or others keep it for too long
    @Nullable LatestRows rows(
            MeasurementSchema schema, RoaringBitmap asked, TimeRange range, int[] fieldIndexes) {
        try {
            if (!lock.readLock().tryLock(LOCK_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                return null;
            }
            boolean isReady = false;
            try {
                isReady = fits(schema, fieldIndexes) && owner.isUnchanged(measurement);
            } finally {
                if (!isReady) {
                    lock.readLock().unlock();
                }
            }
            if (!isReady && !refreshed(schema, fieldIndexes)) {
                return null;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return null;
        } catch (CorruptDataException _) {
            return null; // a scan says what is damaged, where it concerns the question
        }
        return new Rows(asked, range, fieldIndexes);
    }

    /// Lets go of all rows, unless somebody reads them.
    boolean tryGiveUp() {
        if (!lock.writeLock().tryLock()) {
            return false;
        }
        try {
            giveUp();
            return true;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void giveUp() {
        isGivenUp = true;
        clear();
        columns = List.of();
        bytes = 0;
        owner.remove(this);
    }

    private void clear() {
        isWhole = false;
        ids = new int[0];
        hashes = new long[0];
        times = new long[0];
        present = new long[0];
        count = 0;
    }

    private boolean fits(MeasurementSchema schema, int[] fieldIndexes) {
        return isWhole
                && schema.retention().equals(retention)
                && Arrays.stream(fieldIndexes).allMatch(field -> field < 0 || has(field));
    }

    private boolean has(int field) {
        for (LatestColumn column : columns) {
            if (column.field().index() == field) {
                return true;
            }
        }
        return false;
    }

    /// Brings the table up to date, and leaves it locked for reading.
    ///
    /// @return false when it has no room, or others keep it for too long; it is not locked then
    private boolean refreshed(MeasurementSchema schema, int[] fieldIndexes)
            throws InterruptedException {
        if (!lock.writeLock().tryLock(LOCK_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
            return false;
        }
        try {
            if (isGivenUp || !refresh(schema, fieldIndexes)) {
                return false;
            }
            lock.readLock().lock();
            return true;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private boolean refresh(MeasurementSchema schema, int[] fieldIndexes) {
        boolean isKnown =
                fits(schema, fieldIndexes)
                        && columns.stream().noneMatch(column -> column.isUntidy(count));
        isWhole = false;
        try {
            boolean isRead =
                    isKnown && read(owner.changes(schema))
                            || begin(schema, fieldIndexes) && read(owner.everything(schema));
            isWhole = isRead && keep();
        } finally {
            if (!isWhole) {
                giveUp();
            }
        }
        return isWhole;
    }

    /// Says what it takes by now.
    ///
    /// @return false when there is no room for that
    private boolean keep() {
        long taken = bytes(times.length, columns.size());
        for (LatestColumn column : columns) {
            taken += column.textBytes();
        }
        bytes = taken;
        return owner.reserve(this, taken);
    }

    private static long bytes(int rows, int columns) {
        return (long) rows * (ROW_BYTES + (long) columns * Long.BYTES) + rows / 8L * (columns + 1);
    }

    /// Begins anew, with the fields there were and those that are asked for.
    ///
    /// @return false when there is no room
    private boolean begin(MeasurementSchema schema, int[] fieldIndexes) {
        int expected = owner.seriesCount(schema);
        var fresh = new ArrayList<LatestColumn>();
        for (FieldSchema field : schema.fieldsByIndex()) {
            int index = field.index();
            if (has(index) || Arrays.stream(fieldIndexes).anyMatch(one -> one == index)) {
                fresh.add(new LatestColumn(field));
            }
        }
        if (!owner.reserve(this, bytes(expected, fresh.size()))) {
            return false;
        }
        columns = List.copyOf(fresh);
        retention = schema.retention();
        clear();
        ensure(expected);
        return true;
    }

    private void ensure(int rows) {
        if (rows > ids.length || present.length == 0) {
            int larger = Math.max(64, rows > count + 1 ? rows : rows + rows / 2);
            ids = Arrays.copyOf(ids, larger);
            hashes = Arrays.copyOf(hashes, larger);
            times = Arrays.copyOf(times, larger);
            present = Arrays.copyOf(present, (larger + 63) >>> 6);
            columns.forEach(column -> column.ensure(larger));
        }
    }

    /// Takes the newest rows of what was caught, and releases it.
    ///
    /// @return false when series are among it that the table has no place for
    private boolean read(ScanCapture caught) {
        int[] fields = columns.stream().mapToInt(column -> column.field().index()).toArray();
        try (var cursor = new ShardBlockCursor(caught, TimeRange.ALL, fields, true)) {
            int at = 0;
            for (int id : caught.ids()) {
                at = place(id, at);
                if (at < 0) {
                    return false;
                }
                present[at >>> 6] &= ~(1L << at);
            }
            at = 0;
            var scratch = new LatestColumn.Scratch();
            while (cursor.nextBlock()) {
                cursor.narrowToNewest();
                at = Arrays.binarySearch(ids, at, count, cursor.series());
                present[at >>> 6] |= 1L << at;
                times[at] = cursor.maxTime();
                for (int column = 0; column < fields.length; column++) {
                    columns.get(column).set(at, cursor, column, scratch);
                }
                cursor.skipSeries();
            }
        }
        return true;
    }

    /// The place of a series, behind the others when it is new.
    ///
    /// @return negative when it is new and would stand before others
    private int place(int id, int from) {
        if (count == 0 || ids[count - 1] < id) {
            ensure(count + 1);
            ids[count] = id;
            hashes[count] = owner.hash(id);
            return count++;
        }
        return Arrays.binarySearch(ids, from, count, id);
    }

    /// Rows of the table, while it is locked for reading.
    private final class Rows implements LatestRows {
        private final TimeRange range;
        private final @Nullable LatestColumn[] asked;
        private final PeekableIntIterator left;
        private final RoaringBitmap others = new RoaringBitmap();
        private final int[] places = new int[BlockCursor.ROWS_MAX];
        private final int[] series = new int[BlockCursor.ROWS_MAX];
        private final long[] foundHashes = new long[BlockCursor.ROWS_MAX];
        private final long[] found = new long[BlockCursor.ROWS_MAX];
        private int at;
        private int rowCount;

        Rows(RoaringBitmap series, TimeRange range, int[] fieldIndexes) {
            this.range = range;
            this.left = series.getIntIterator();
            this.asked = new LatestColumn[fieldIndexes.length];
            for (int i = 0; i < asked.length; i++) {
                for (LatestColumn column : columns) {
                    if (column.field().index() == fieldIndexes[i]) {
                        asked[i] = column;
                    }
                }
            }
        }

        @Override
        public int next() {
            int rows = 0;
            while (rows < BlockCursor.ROWS_MAX && at < count && left.hasNext()) {
                int id = left.next();
                if (ids[at] != id) {
                    int place = Arrays.binarySearch(ids, at, count, id);
                    at = place < 0 ? ~place : place;
                    if (place < 0) {
                        continue; // without a row
                    }
                }
                if ((present[at >>> 6] >>> at & 1) != 0) {
                    long time = times[at];
                    if (range.contains(time)) {
                        places[rows] = at;
                        series[rows] = id;
                        foundHashes[rows] = hashes[at];
                        found[rows++] = time;
                    } else if (time >= range.fromNanos()) {
                        others.add(id);
                    }
                }
                at++;
            }
            rowCount = rows;
            return rows;
        }

        @Override
        public int[] series() {
            return series;
        }

        @Override
        public long[] hashes() {
            return foundHashes;
        }

        @Override
        public long[] times() {
            return found;
        }

        @Override
        public Presence longs(int column, long[] target, long[] presence) {
            LatestColumn values = asked[column];
            return values == null
                    ? Presence.NONE
                    : values.gather(places, rowCount, target, presence);
        }

        @Override
        public Presence doubles(int column, double[] target, long[] presence) {
            LatestColumn values = asked[column];
            return values == null
                    ? Presence.NONE
                    : values.gather(places, rowCount, target, presence);
        }

        @Override
        public Presence stringIds(int column, int[] target, long[] presence) {
            LatestColumn values = asked[column];
            return values == null
                    ? Presence.NONE
                    : values.gather(places, rowCount, target, presence);
        }

        @Override
        public String[] dictionary(int column) {
            LatestColumn values = asked[column];
            return values == null ? new String[0] : values.texts();
        }

        @Override
        public RoaringBitmap others() {
            return others;
        }

        @Override
        public void close() {
            lock.readLock().unlock();
        }
    }
}
