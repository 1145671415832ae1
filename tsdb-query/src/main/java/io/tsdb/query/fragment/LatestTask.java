package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.TupleTable;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.rows.RowStore;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.LatestRows;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The newest row per combination of tags in a shard, of each series from the shard's table of
/// newest rows where that has the row that is asked for; else the series is read from its newest
/// block on, until a row passes the filter or all further rows are older than what is known.
final class LatestTask implements FragmentTask {
    private final Fragment.Latest fragment;
    private final QueryControl control;
    private final MemoryAccount memory;
    private final FragmentScan scan;
    private final List<BoundExpression> expressions;
    private final ScanColumns columns;
    private final RowFilter filter;
    private final Evaluator[] outputs;
    private final ColumnVector[] values;

    /// By expression the position of its tag among the columns' tags, or -1.
    private final int[] tagOf;

    private final long[] tuple;
    private final TupleTable groups;
    private final @Nullable TagTexts[] texts;
    private final RowStore winners;
    private int[] order = {};
    private boolean isRead;
    private int written;

    LatestTask(Fragment.Latest fragment, FragmentScan scan, QueryControl control) {
        this.fragment = fragment;
        this.scan = scan;
        this.control = control;
        this.memory = control.memory().account();
        this.expressions = new ArrayList<>();
        fragment.tags().forEach(tag -> expressions.add(new Tag(tag, Position.NONE)));
        expressions.add(new BoundExpression.Time(Position.NONE));
        expressions.addAll(fragment.outputs());
        var read = new ArrayList<>(expressions);
        BoundExpression condition = fragment.scan().filter();
        if (condition != null) {
            read.add(condition);
        }
        this.columns = new ScanColumns(read);
        this.filter = new RowFilter(condition, columns, control.memory());
        this.outputs = new EvaluatorCompiler(columns, control.memory()).compileAll(expressions);
        this.values = new ColumnVector[fragment.types().size()];
        this.tuple = new long[fragment.tags().size()];
        this.groups = new TupleTable(tuple.length, memory);
        // tags wait as ids of their values: a string is looked up once, not once per row
        var types = new ArrayList<>(fragment.types());
        this.texts = new TagTexts[types.size()];
        this.tagOf = new int[outputs.length];
        for (int i = 0; i < outputs.length; i++) {
            tagOf[i] = -1;
            if (expressions.get(i) instanceof Tag tag) {
                tagOf[i] = columns.tagOf(columns.indexOf(tag));
                texts[columnOf(i)] =
                        new TagTexts(scan.index().tag(tag.name()).orElse(null), memory);
                types.set(columnOf(i), ColumnType.INT64);
                values[columnOf(i)] = new ColumnVector(ColumnType.INT64);
            }
        }
        values[fragment.timeColumn() + 1] = new ColumnVector(ColumnType.INT64);
        this.winners = new RowStore(types, memory);
    }

    /// Column of the batches that an expression is; the hash stands behind the time.
    private int columnOf(int expression) {
        return expression <= fragment.timeColumn() ? expression : expression + 1;
    }

    @Override
    public boolean next(ColumnBatch target) {
        if (!isRead) {
            isRead = true;
            RoaringBitmap left = readTable();
            if (!left.isEmpty()) {
                readBlocks(left);
            }
            memory.reserve((long) winners.size() * Integer.BYTES);
            order = new int[winners.size()];
            Arrays.setAll(order, i -> i);
        }
        int count = Math.min(ColumnVector.ROWS_MAX, order.length - written);
        if (count <= 0) {
            return false;
        }
        for (int i = 0; i < texts.length; i++) {
            TagTexts tag = texts[i];
            if (tag == null) {
                winners.writeColumn(i, order, written, count, target.column(i));
            } else {
                tag.write(winners.longs(i), written, count, target.column(i));
            }
        }
        target.setRowCount(count);
        written += count;
        return true;
    }

    /// Takes what the shard's table knows.
    ///
    /// @return the series that are to be looked for in the blocks
    private RoaringBitmap readTable() {
        if (fragment.outputs().stream().anyMatch(ExpressionTree::mayFail)) {
            return scan.series(); // only of rows that win may an output be an error
        }
        try (LatestRows rows = scan.latest(columns.fields())) {
            if (rows == null) {
                return scan.series();
            }
            var others = new RoaringBitmap();
            var window = new LatestWindow(columns, scan.index(), rows, memory);
            for (int count = window.next(); count > 0; count = window.next()) {
                control.nextBlock();
                boolean any = filter.applyAll(window);
                addUnselected(others, rows.series(), count, any ? window : null);
                if (any) {
                    offerAll(window, rows);
                }
            }
            others.or(rows.others());
            return others;
        }
    }

    /// Notes series whose newest row does not pass the filter: an older one may.
    private static void addUnselected(
            RoaringBitmap target, int[] series, int count, @Nullable LatestWindow selected) {
        int kept = selected == null ? 0 : selected.rowCount();
        if (kept == count) {
            return;
        }
        int next = 0;
        for (int row = 0; row < count; row++) {
            if (selected != null && next < kept && selected.place(next) == row) {
                next++;
            } else {
                target.add(series[row]);
            }
        }
    }

    private void offerAll(LatestWindow window, LatestRows rows) {
        int count = window.rowCount();
        scan.countLatest(count);
        long[] hashes = values[fragment.timeColumn() + 1].longs();
        for (int row = 0; row < count; row++) {
            hashes[row] = rows.hashes()[window.place(row)];
        }
        for (int i = 0; i < outputs.length; i++) {
            if (tagOf[i] < 0) {
                values[columnOf(i)] = outputs[i].evaluate(window);
            } else {
                long[] all = window.tagIds(tagOf[i]);
                long[] ids = values[columnOf(i)].longs();
                for (int row = 0; row < count; row++) {
                    ids[row] = all[window.place(row)];
                }
            }
        }
        // most often every row is a group of its own: then all go at once, column by column
        int waiting = 0;
        for (int row = 0; row < count; row++) {
            int slot = slot(row);
            if (slot == winners.size() + waiting) {
                waiting++;
                continue;
            }
            winners.append(values, row - waiting, waiting);
            waiting = 0;
            if (wins(row, slot)) {
                winners.set(slot, values, row);
            }
        }
        winners.append(values, count - waiting, waiting);
        control.checkGroups(winners.size());
    }

    private int slot(int row) {
        for (int i = 0; i < tuple.length; i++) {
            tuple[i] = values[i].longs()[row];
        }
        return groups.slot(tuple, 0);
    }

    private void readBlocks(RoaringBitmap series) {
        try (BlockCursor cursor = scan.blocks(series, scan.range(), columns.fields(), true)) {
            var rows = new ScanRows(columns, scan.index(), cursor, control.memory());
            while (cursor.nextBlock()) {
                control.nextBlock();
                rows.beginBlock();
                for (int i = 0; i < tuple.length; i++) {
                    tuple[i] = rows.tagValue(tagOf[i]);
                }
                int group = groups.find(tuple, 0);
                if (group >= 0 && cursor.maxTime() < bestTime(group)) {
                    cursor.skipSeries();
                } else if (filter.apply(rows)) {
                    if (rows.isSelected()) {
                        rows.selection()[0] = rows.selection()[rows.rowCount() - 1];
                        rows.select(1);
                    } else {
                        rows.narrowToNewest();
                    }
                    offer(rows, cursor.series());
                    cursor.skipSeries();
                }
            }
        }
    }

    private long bestTime(int group) {
        return winners.longs(fragment.timeColumn())[group];
    }

    /// Offers the one row of the window.
    private void offer(ScanRows rows, int series) {
        int timeColumn = fragment.timeColumn();
        values[timeColumn] = rows.column(ScanColumns.TIME);
        values[timeColumn + 1].longs()[0] = scan.index().key(series).hash();
        int known = groups.find(tuple, 0);
        if (known >= 0 && !wins(0, known)) {
            return;
        }
        for (int i = 0; i < outputs.length; i++) {
            if (tagOf[i] < 0) {
                values[columnOf(i)] = outputs[i].evaluate(rows);
            } else {
                values[columnOf(i)].longs()[0] = rows.tagValue(tagOf[i]);
            }
        }
        winners.set(groups.slot(tuple, 0), values, 0);
        control.checkGroups(winners.size());
    }

    private boolean wins(int row, int slot) {
        int timeColumn = fragment.timeColumn();
        long time = values[timeColumn].longs()[row];
        long best = bestTime(slot);
        if (time != best) {
            return time > best;
        }
        long hash = values[timeColumn + 1].longs()[row];
        return Long.compareUnsigned(hash, winners.longs(timeColumn + 1)[slot]) > 0;
    }

    @Override
    public void close() {
        scan.close();
    }
}
