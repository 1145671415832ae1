package io.tsdb.query.fragment;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.LatestRows;
import io.tsdb.storage.scan.Presence;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

import java.util.Arrays;
import java.util.List;

/// Blocks newest first, for a reader that leaves a series as soon as it knows enough: the newest
/// rows come from the shard's table of them, a block of one row each; series that the reader does
/// not leave after that come once more, all of their blocks. To be read and closed by one thread.
final class LatestFirstCursor implements BlockCursor {
    private static final int NO_SERIES = -1;

    private final FragmentScan scan;
    private final TimeRange range;
    private final List<String> fields;
    private final RoaringBitmap left = new RoaringBitmap();
    private boolean isOpen;
    private @Nullable LatestRows table;
    private @Nullable BlockCursor blocks;

    // the table's rows at hand
    private final ColumnVector[] vectors;
    private final boolean[] isRead;
    private int rowCount;
    private int row;
    private int shown = NO_SERIES;

    /// @param columns of the fields, in this order
    LatestFirstCursor(
            FragmentScan scan, TimeRange range, ScanColumns columns, MemoryAccount memory) {
        memory.reserve(ColumnBatch.memoryBytes(columns.fields().size()));
        this.scan = scan;
        this.range = range;
        this.fields = columns.fields();
        this.vectors = new ColumnVector[fields.size()];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = new ColumnVector(columns.fieldType(i));
        }
        this.isRead = new boolean[vectors.length];
    }

    @Override
    public boolean nextBlock() {
        if (!isOpen) {
            isOpen = true;
            table = scan.latest(range, fields);
            if (table == null) {
                left.or(scan.series());
            }
        }
        if (shown != NO_SERIES) {
            left.add(shown);
            shown = NO_SERIES;
        }
        LatestRows rows = table;
        if (rows != null) {
            if (++row >= rowCount) {
                rowCount = rows.next();
                row = 0;
                Arrays.fill(isRead, false);
            }
            if (rowCount > 0) {
                scan.countLatest(1);
                shown = rows.series()[row];
                return true;
            }
            left.or(rows.others());
            closeTable();
        }
        return !left.isEmpty() && behind().nextBlock();
    }

    private BlockCursor behind() {
        BlockCursor cursor = blocks;
        if (cursor == null) {
            cursor = scan.blocks(left, range, fields, true);
            blocks = cursor;
        }
        return cursor;
    }

    private LatestRows rows() {
        LatestRows rows = table;
        if (rows == null) {
            throw new IllegalStateException("BUG: the table's rows are at their end");
        }
        return rows;
    }

    @Override
    public void skipSeries() {
        if (table == null) {
            behind().skipSeries();
        }
        shown = NO_SERIES;
    }

    @Override
    public void narrowToNewest() {
        if (table == null) {
            behind().narrowToNewest();
        }
    }

    @Override
    public int series() {
        return table == null ? behind().series() : rows().series()[row];
    }

    @Override
    public int rowCount() {
        return table == null ? behind().rowCount() : 1;
    }

    @Override
    public long minTime() {
        return table == null ? behind().minTime() : rows().times()[row];
    }

    @Override
    public long maxTime() {
        return table == null ? behind().maxTime() : rows().times()[row];
    }

    @Override
    public @Nullable ColumnStatistics statistics(int column) {
        return table == null ? behind().statistics(column) : null;
    }

    @Override
    public void times(long[] target) {
        if (table == null) {
            behind().times(target);
        } else {
            target[0] = rows().times()[row];
        }
    }

    @Override
    public Presence longs(int column, long[] target, long[] presence) {
        if (table == null) {
            return behind().longs(column, target, presence);
        }
        target[0] = read(column).longs()[row];
        return presence(column);
    }

    @Override
    public Presence doubles(int column, double[] target, long[] presence) {
        if (table == null) {
            return behind().doubles(column, target, presence);
        }
        target[0] = read(column).doubles()[row];
        return presence(column);
    }

    @Override
    public Presence stringIds(int column, int[] target, long[] presence) {
        if (table == null) {
            return behind().stringIds(column, target, presence);
        }
        target[0] = 0;
        return presence(column);
    }

    @Override
    public String[] dictionary(int column) {
        if (table == null) {
            return behind().dictionary(column);
        }
        ColumnVector vector = read(column);
        return vector.isPresent(row)
                ? new String[] {rows().dictionary(column)[vector.ids()[row]]}
                : new String[0];
    }

    private Presence presence(int column) {
        return read(column).isPresent(row) ? Presence.ALL : Presence.NONE;
    }

    /// A column of all rows at hand.
    private ColumnVector read(int column) {
        ColumnVector vector = vectors[column];
        if (!isRead[column]) {
            isRead[column] = true;
            LatestRows rows = rows();
            vector.setPresence(
                    switch (vector.type()) {
                        case INT64, UINT64, BOOL, TIMESTAMP ->
                                rows.longs(column, vector.longs(), vector.presence());
                        case FLOAT64 -> rows.doubles(column, vector.doubles(), vector.presence());
                        case STRING -> rows.stringIds(column, vector.ids(), vector.presence());
                    });
        }
        return vector;
    }

    private void closeTable() {
        LatestRows rows = table;
        table = null;
        if (rows != null) {
            rows.close();
        }
    }

    @Override
    public void close() {
        closeTable();
        BlockCursor cursor = blocks;
        if (cursor != null) {
            cursor.close();
        }
    }
}
