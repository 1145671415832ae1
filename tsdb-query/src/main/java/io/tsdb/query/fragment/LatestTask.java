package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Tag;
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

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;

/// The newest row per combination of tags in a shard: each series is read from its newest block on,
/// until a row passes the filter or all further rows are older than what is known.
final class LatestTask implements FragmentTask {
    private final Fragment.Latest fragment;
    private final QueryControl control;
    private final MemoryAccount memory;
    private final FragmentScan scan;
    private final BlockCursor cursor;
    private final ScanRows rows;
    private final RowFilter filter;
    private final Evaluator[] outputs;
    private final ColumnVector[] values;
    private final int[] tags;
    private final long[] tuple;
    private final TupleTable groups;
    private final @Nullable TagTexts[] texts;
    private final RowStore winners;
    private final ColumnVector hashes = new ColumnVector(ColumnType.INT64);
    private int[] order = {};
    private boolean isRead;
    private int written;

    LatestTask(Fragment.Latest fragment, FragmentScan scan, QueryControl control) {
        this.fragment = fragment;
        this.scan = scan;
        this.control = control;
        this.memory = control.memory().account();
        var expressions = new ArrayList<BoundExpression>();
        fragment.tags().forEach(tag -> expressions.add(new Tag(tag, Position.NONE)));
        expressions.add(new BoundExpression.Time(Position.NONE));
        expressions.addAll(fragment.outputs());
        var read = new ArrayList<>(expressions);
        BoundExpression condition = fragment.scan().filter();
        if (condition != null) {
            read.add(condition);
        }
        var columns = new ScanColumns(read);
        this.cursor = scan.blocks(columns.fields(), true);
        this.rows = new ScanRows(columns, scan.index(), cursor, control.memory());
        this.filter = new RowFilter(condition, columns, control.memory());
        this.outputs = new EvaluatorCompiler(columns, control.memory()).compileAll(expressions);
        this.values = new ColumnVector[fragment.types().size()];
        this.tags = new int[fragment.tags().size()];
        for (int i = 0; i < tags.length; i++) {
            tags[i] = columns.tagOf(columns.indexOf(expressions.get(i)));
        }
        this.tuple = new long[tags.length];
        this.groups = new TupleTable(tags.length, memory);
        // tags wait as ids of their values: a string is looked up once, not once per row
        var types = new ArrayList<>(fragment.types());
        this.texts = new TagTexts[types.size()];
        for (int i = 0; i < outputs.length; i++) {
            if (expressions.get(i) instanceof Tag tag) {
                int column = i <= fragment.timeColumn() ? i : i + 1;
                texts[column] = new TagTexts(rows, columns.tagOf(columns.indexOf(tag)), memory);
                types.set(column, ColumnType.INT64);
            }
        }
        this.winners = new RowStore(types, memory);
    }

    @Override
    public boolean next(ColumnBatch target) {
        if (!isRead) {
            isRead = true;
            read();
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

    private void read() {
        while (cursor.nextBlock()) {
            control.check();
            rows.beginBlock();
            for (int i = 0; i < tags.length; i++) {
                tuple[i] = rows.tagValue(tags[i]);
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
                offer(group);
                cursor.skipSeries();
            }
        }
    }

    private long bestTime(int group) {
        return winners.longs(fragment.timeColumn())[group];
    }

    /// @param known slot of the group, negative when it has no row yet
    private void offer(int known) {
        int timeColumn = fragment.timeColumn();
        long time = rows.column(ScanColumns.TIME).longs()[0];
        long hash = scan.index().key(cursor.series()).hash();
        if (known >= 0) {
            long best = bestTime(known);
            long bestHash = winners.longs(timeColumn + 1)[known];
            boolean loses =
                    time < best || time == best && Long.compareUnsigned(hash, bestHash) <= 0;
            if (loses) {
                return;
            }
        }
        for (int i = 0; i < outputs.length; i++) {
            int column = i <= timeColumn ? i : i + 1;
            TagTexts tag = texts[column];
            values[column] = tag == null ? outputs[i].evaluate(rows) : tag.current();
        }
        hashes.longs()[0] = hash;
        values[timeColumn + 1] = hashes;
        winners.set(known >= 0 ? known : groups.slot(tuple, 0), values, 0);
        control.checkGroups(winners.size());
    }

    @Override
    public void close() {
        cursor.close();
        scan.close();
    }
}
