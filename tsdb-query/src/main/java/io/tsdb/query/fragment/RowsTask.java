package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.column.BatchAppender;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.rows.TopRows;
import io.tsdb.storage.scan.BlockCursor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;

/// Rows of a shard: block by block, filtered, each turned into the fragment's outputs; with a sort,
/// only the first rows in its order.
final class RowsTask implements FragmentTask {
    private final Fragment.Rows fragment;
    private final QueryControl control;
    private final FragmentScan scan;
    private final BlockCursor cursor;
    private final ScanRows rows;
    private final RowFilter filter;
    private final Evaluator[] outputs;
    private final ColumnVector[] values;
    private final BatchAppender appender;
    private final @Nullable TopRows top;
    private final @Nullable SortedBlocks sorted;
    private final int[] selection = new int[ColumnVector.ROWS_MAX];
    private boolean topFinished;
    private long rowsLeft;
    private int pendingFrom;
    private int pendingCount;

    RowsTask(Fragment.Rows fragment, FragmentScan scan, QueryControl control) {
        this.fragment = fragment;
        this.scan = scan;
        this.control = control;
        this.rowsLeft = fragment.limit();
        this.top =
                fragment.sort().isEmpty()
                        ? null
                        : new TopRows(
                                fragment.types(),
                                fragment.sort(),
                                fragment.limit(),
                                control.memory());
        var read = new ArrayList<>(fragment.outputs());
        BoundExpression condition = fragment.scan().filter();
        if (condition != null) {
            read.add(condition);
        }
        var columns = new ScanColumns(read);
        boolean newestFirst = SortedBlocks.newestFirst(fragment.sort(), fragment.outputs());
        this.cursor = scan.blocks(columns.fields(), newestFirst);
        this.rows = new ScanRows(columns, scan.index(), cursor, control.memory());
        this.sorted =
                top == null
                        ? null
                        : new SortedBlocks(
                                fragment.sort(), fragment.outputs(), columns, rows, top.bound());
        this.filter = new RowFilter(condition, columns, control.memory());
        this.outputs =
                new EvaluatorCompiler(columns, control.memory()).compileAll(fragment.outputs());
        this.values = new ColumnVector[outputs.length];
        this.appender = new BatchAppender(fragment.types(), control.memory().account());
    }

    @Override
    public boolean next(ColumnBatch target) {
        if (top != null) {
            return nextSorted(top, target);
        }
        appender.begin(target);
        while (target.rowCount() < ColumnVector.ROWS_MAX && rowsLeft > 0) {
            if (pendingCount == 0 && !advance()) {
                break;
            }
            int room = ColumnVector.ROWS_MAX - target.rowCount();
            int count = (int) Math.min(rowsLeft, Math.min(room, pendingCount));
            appender.append(target, values, pendingFrom, count);
            pendingFrom += count;
            pendingCount -= count;
            rowsLeft -= count;
        }
        appender.finish(target);
        return target.rowCount() > 0;
    }

    /// Computes the outputs of the next block that has rows.
    private boolean advance() {
        while (cursor.nextBlock()) {
            control.nextBlock();
            rows.beginBlock();
            if (filter.apply(rows)) {
                for (int i = 0; i < outputs.length; i++) {
                    values[i] = outputs[i].evaluate(rows);
                }
                pendingFrom = 0;
                pendingCount = rows.rowCount();
                return true;
            }
            scan.passOver();
        }
        return false;
    }

    private boolean nextSorted(TopRows first, ColumnBatch target) {
        if (!topFinished) {
            topFinished = true;
            if (fragment.limit() > 0 && sorted != null) {
                sortAll(first, sorted);
            }
            first.finish();
        }
        return first.next(target);
    }

    /// Columns that only hand their values on are decoded for rows that may be among the first.
    private void sortAll(TopRows first, SortedBlocks blocks) {
        while (cursor.nextBlock()) {
            control.nextBlock();
            rows.beginBlock();
            switch (blocks.judge()) {
                case SKIP_SERIES -> {
                    scan.passOver();
                    cursor.skipSeries();
                }
                case SKIP_BLOCK -> scan.passOver(); // nothing was decoded
                case READ -> {
                    if (filter.apply(rows) && blocks.narrow(selection)) {
                        for (int i = 0; i < outputs.length; i++) {
                            values[i] = outputs[i].evaluate(rows);
                        }
                        first.add(values, rows.rowCount());
                    } else {
                        scan.passOver();
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        cursor.close();
        scan.close();
    }
}
