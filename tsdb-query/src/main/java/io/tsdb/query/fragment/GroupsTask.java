package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.plan.Fragment;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;

import java.util.ArrayList;
import java.util.Arrays;

/// Partial groups of a shard: reads all of its blocks at the first pull, then hands out keys and
/// states.
final class GroupsTask implements FragmentTask {
    private final Fragment.Groups fragment;
    private final QueryControl control;
    private final FragmentScan scan;
    private final BlockCursor cursor;
    private final ScanRows rows;
    private final RowFilter filter;
    private final AggregateInputs inputs;
    private final Grouping grouping;
    private final boolean[] decided;
    private final boolean stopsWhenDecided;
    private boolean isAggregated;
    private int written;

    GroupsTask(Fragment.Groups fragment, FragmentScan scan, QueryControl control) {
        this.fragment = fragment;
        this.scan = scan;
        this.control = control;
        var read = new ArrayList<>(fragment.keys());
        fragment.aggregates().forEach(aggregate -> read.addAll(aggregate.arguments()));
        BoundExpression condition = fragment.scan().filter();
        if (condition != null) {
            read.add(condition);
        }
        var columns = new ScanColumns(read);
        Fragment.OuterBuckets outer = fragment.outerBuckets();
        TimeRange range = outer == null ? scan.range() : BucketLimit.narrow(outer, scan, control);
        this.cursor =
                fragment.newestFirst()
                        ? new LatestFirstCursor(scan, range, columns, control.memory().account())
                        : scan.blocks(scan.series(), range, columns.fields(), false);
        this.rows = new ScanRows(columns, scan.index(), cursor, control.memory());
        this.filter = new RowFilter(condition, columns, control.memory());
        this.inputs = new AggregateInputs(fragment.aggregates(), columns, control.memory());
        this.grouping =
                SeriesGrouping.fits(fragment.keys())
                        ? new SeriesGrouping(
                                fragment.keys(),
                                columns,
                                scan.index(),
                                cursor,
                                inputs,
                                control.memory().account())
                        : new RowGrouping(fragment.keys(), columns, inputs, control.memory());
        this.decided = new boolean[inputs.count()];
        // without aggregates, a series' first row decides that its group is there
        boolean onlyTags = fragment.keys().stream().allMatch(Tag.class::isInstance);
        this.stopsWhenDecided =
                fragment.newestFirst() || fragment.aggregates().isEmpty() && onlyTags;
    }

    @Override
    public boolean next(ColumnBatch target) {
        if (!isAggregated) {
            isAggregated = true;
            aggregate();
        }
        int count = Math.min(ColumnVector.ROWS_MAX, grouping.groupCount() - written);
        target.setRowCount(Math.max(0, count));
        if (count <= 0) {
            return false;
        }
        control.nextBlock();
        write(count, target);
        written += count;
        return true;
    }

    /// Closes the cursor as well: it may be one of the thread that reads.
    private void aggregate() {
        try (cursor) {
            while (cursor.nextBlock()) {
                control.nextBlock();
                rows.beginBlock();
                if (rows.seriesChanged()) {
                    Arrays.fill(decided, false);
                }
                if (!filter.apply(rows)) {
                    scan.passOver();
                    continue;
                }
                grouping.add(rows, decided);
                control.checkGroups(grouping.groupCount());
                if (stopsWhenDecided && isDecided()) {
                    cursor.skipSeries();
                }
            }
        }
    }

    private boolean isDecided() {
        for (boolean one : decided) {
            if (!one) {
                return false;
            }
        }
        return true;
    }

    private void write(int count, ColumnBatch target) {
        var keys = new ColumnVector[fragment.keys().size()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = target.column(i);
        }
        grouping.writeKeys(written, count, keys);
        int at = keys.length;
        for (int i = 0; i < inputs.count(); i++) {
            var aggregate = fragment.aggregates().get(i);
            int width = aggregate.function().stateTypes(aggregate.argument().type()).size();
            var state = new ColumnVector[width];
            for (int j = 0; j < width; j++) {
                state[j] = target.column(at + j);
            }
            inputs.accumulator(i).writeState(written, count, state);
            at += width;
        }
    }

    @Override
    public void close() {
        if (!isAggregated) {
            cursor.close();
        }
        scan.close();
    }
}
