package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.scan.ScanSource;

import org.roaringbitmap.RoaringBitmap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Which rows of a shard a `DELETE` takes away: decided on a snapshot, by the same code that a
/// `SELECT` finds rows with.
///
/// @param measurement that the snapshot was of; empty when there are none
/// @param rows together all of them; several when there are too many single rows for one log entry
/// @param count how many rows they are
public record RowChoice(Optional<MeasurementId> measurement, List<DeletedRows> rows, long count) {
    private static final RowChoice NOTHING = new RowChoice(Optional.empty(), List.of(), 0);

    /// Single rows that go into one log entry.
    private static final int SINGLE_ROWS_MAX = 1 << 18;

    /// @param source the snapshot
    /// @param spec condition on the rows
    public static RowChoice of(ScanSpec spec, ScanSource source, QueryControl control) {
        try (FragmentScan scan = FragmentScan.open(source, spec, control.memory(), null)) {
            if (scan == null) {
                return NOTHING;
            }
            BoundExpression filter = spec.filter();
            return filter == null ? ofSeries(spec, scan, control) : single(filter, scan, control);
        }
    }

    /// No condition on single rows: they are counted and not looked at.
    private static RowChoice ofSeries(ScanSpec spec, FragmentScan scan, QueryControl control) {
        long count = 0;
        try (BlockCursor cursor = scan.blocks(List.of(), false)) {
            while (cursor.nextBlock()) {
                control.nextBlock();
                count += cursor.rowCount();
            }
        }
        RoaringBitmap series = scan.series().clone();
        return count == 0
                ? NOTHING
                : new RowChoice(
                        Optional.of(scan.measurement()),
                        List.of(new DeletedRows.OfSeries(series, spec.range())),
                        count);
    }

    private static RowChoice single(
            BoundExpression filter, FragmentScan scan, QueryControl control) {
        var columns = new ScanColumns(List.of(filter));
        var found = new ArrayList<DeletedRows>();
        var times = new TreeMap<Integer, long[]>();
        MemoryAccount held = control.memory().account();
        long count = 0;
        int waiting = 0;
        try (BlockCursor cursor = scan.blocks(columns.fields(), false)) {
            var rows = new ScanRows(columns, scan.index(), cursor, control.memory());
            var condition = new RowFilter(filter, columns, control.memory());
            while (cursor.nextBlock()) {
                control.nextBlock();
                rows.beginBlock();
                if (!condition.apply(rows)) {
                    continue;
                }
                ColumnVector time = rows.column(ScanColumns.TIME);
                held.reserve(2L * Long.BYTES * rows.rowCount());
                long[] more = Arrays.copyOf(time.longs(), rows.rowCount());
                times.merge(cursor.series(), more, RowChoice::joined);
                count += more.length;
                waiting += more.length;
                if (waiting >= SINGLE_ROWS_MAX) {
                    found.add(new DeletedRows.Single(times));
                    times = new TreeMap<>();
                    waiting = 0;
                }
            }
        }
        if (waiting > 0) {
            found.add(new DeletedRows.Single(times));
        }
        return new RowChoice(Optional.of(scan.measurement()), found, count);
    }

    private static long[] joined(long[] first, long[] second) {
        long[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }
}
