package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.plan.SortKey;
import io.tsdb.query.rows.TopRows;
import io.tsdb.storage.model.TimeRange;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// `ORDER BY time ... LIMIT ... OFFSET` with many rows to be skipped: looks for the times of the
/// rows that are wanted by the sort keys alone, then reads all columns between these times only.
/// Points that are written between the two with times before these shift the rows by as many.
final class LateRowsSource implements BatchSource {
    /// Fewer rows to skip are read with all their columns.
    private static final long OFFSET_MIN = 4_096;

    private final Fragment.Rows fragment;
    private final long limit;
    private final long offset;
    private final FragmentRunner runner;
    private final QueryControl control;
    private @Nullable BatchSource rows;

    private LateRowsSource(
            Fragment.Rows fragment,
            long limit,
            long offset,
            FragmentRunner runner,
            QueryControl control) {
        this.fragment = fragment;
        this.limit = limit;
        this.offset = offset;
        this.runner = runner;
        this.control = control;
    }

    /// @return null when the plan is not of this kind
    static @Nullable LateRowsSource of(
            Plan.Limit plan, FragmentRunner runner, QueryControl control) {
        if (plan.offset() >= OFFSET_MIN
                && plan.limit() < Long.MAX_VALUE - plan.offset()
                && plan.input() instanceof Plan.Sort(Plan.Gather(Fragment.Rows f), _, _)
                && !f.sort().isEmpty()
                && f.outputs().get(f.sort().getFirst().column()) instanceof BoundExpression.Time) {
            return new LateRowsSource(f, plan.limit(), plan.offset(), runner, control);
        }
        return null;
    }

    @Override
    public @Nullable ColumnBatch next() {
        BatchSource source = rows;
        if (source == null) {
            source = find();
            rows = source;
        }
        return source.next();
    }

    private BatchSource find() {
        List<SortKey> keys = fragment.sort();
        var outputs = new ArrayList<BoundExpression>();
        var narrowKeys = new ArrayList<SortKey>();
        for (SortKey key : keys) {
            narrowKeys.add(new SortKey(outputs.size(), key.descending(), key.nullsFirst()));
            outputs.add(fragment.outputs().get(key.column()));
        }
        var narrow = new Fragment.Rows(fragment.scan(), outputs, narrowKeys, offset + limit);
        List<ColumnType> types = narrow.types();
        var sorted = new TopRows(types, narrowKeys, offset + limit, control.memory());
        try (PartialResults results = runner.run(narrow, control)) {
            ColumnBatch batch = results.next();
            while (batch != null) {
                sorted.add(batch.columns(), batch.rowCount());
                batch = results.next();
            }
        }
        sorted.finish();
        return read(sorted, new ColumnBatch(types));
    }

    /// Reads what lies between the time of the first row that is wanted and that of the last.
    private BatchSource read(TopRows sorted, ColumnBatch batch) {
        long at = 0;
        long firstOfTime = 0;
        long from = 0;
        long last = 0;
        while (sorted.next(batch)) {
            long[] times = batch.column(0).longs();
            for (int row = 0; row < batch.rowCount(); row++, at++) {
                if (at <= offset && (at == 0 || times[row] != from)) {
                    firstOfTime = at;
                    from = times[row];
                }
                last = times[row];
            }
        }
        if (at <= offset) {
            return new TextRowsSource(0, List.of());
        }
        var range = new TimeRange(Math.min(from, last), after(Math.max(from, last)));
        long skip = offset - firstOfTime;
        ScanSpec scan = fragment.scan();
        var narrowed =
                new Fragment.Rows(
                        new ScanSpec(
                                scan.database(),
                                scan.measurement(),
                                range,
                                scan.series(),
                                scan.filter()),
                        fragment.outputs(),
                        fragment.sort(),
                        skip + limit);
        var sort = new Plan.Sort(new Plan.Gather(narrowed), fragment.sort(), skip + limit);
        var gather = new GatherSource(runner.run(narrowed, control));
        return new LimitSource(
                new Plan.Limit(sort, limit, skip), new SortSource(sort, gather, control));
    }

    private static long after(long time) {
        return time == Long.MAX_VALUE ? time : time + 1;
    }

    @Override
    public void close() {
        BatchSource source = rows;
        if (source != null) {
            source.close();
        }
    }
}
