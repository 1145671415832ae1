package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.rows.GroupKeys;
import io.tsdb.query.rows.RowStore;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Collections;

/// Of the newest rows of each shard, the newest per combination of tags.
final class MergeLatestSource implements BatchSource {
    private final PartialResults results;
    private final QueryControl control;
    private final MemoryAccount memory;
    private final int timeColumn;
    private final ColumnVector[] tags;
    private final ColumnVector[] rows;
    private final GroupKeys groups;
    private final RowStore winners;
    private final ColumnBatch winnerBatch;
    private final ColumnBatch output;
    private final int[] slots = new int[ColumnVector.ROWS_MAX];
    private int[] order = {};
    private boolean isMerged;
    private int written;

    MergeLatestSource(Fragment.Latest fragment, PartialResults results, QueryControl control) {
        this.results = results;
        this.control = control;
        this.memory = control.memory().account();
        this.timeColumn = fragment.timeColumn();
        this.tags = new ColumnVector[timeColumn];
        this.rows = new ColumnVector[fragment.types().size()];
        this.groups = new GroupKeys(Collections.nCopies(timeColumn, ColumnType.STRING), memory);
        this.winners = new RowStore(fragment.types(), memory);
        this.winnerBatch = new ColumnBatch(fragment.types());
        this.output = new ColumnBatch(fragment.outputs().size());
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (!isMerged) {
            isMerged = true;
            ColumnBatch batch = results.next();
            while (batch != null) {
                merge(batch);
                batch = results.next();
            }
            memory.reserve((long) winners.size() * Integer.BYTES);
            order = new int[winners.size()];
            Arrays.setAll(order, i -> i);
        }
        int count = Math.min(ColumnVector.ROWS_MAX, order.length - written);
        if (count <= 0) {
            return null;
        }
        winners.write(order, written, count, winnerBatch);
        written += count;
        for (int i = 0; i < output.columnCount(); i++) {
            output.setColumn(i, winnerBatch.column(timeColumn + 2 + i));
        }
        output.setRowCount(count);
        return output;
    }

    private void merge(ColumnBatch batch) {
        for (int i = 0; i < rows.length; i++) {
            rows[i] = batch.column(i);
        }
        System.arraycopy(rows, 0, tags, 0, timeColumn);
        groups.slots(tags, batch.rowCount(), slots);
        int row = 0;
        while (row < batch.rowCount()) {
            int fresh = newRows(row, batch.rowCount());
            if (fresh > 0) {
                // column by column: most often all rows of a shard are new
                winners.append(rows, row, fresh);
                row += fresh;
            } else {
                if (beats(row, slots[row])) {
                    winners.set(slots[row], rows, row);
                }
                row++;
            }
        }
        control.checkGroups(groups.size());
    }

    /// How many rows from one on are new groups: slots are given in order.
    private int newRows(int from, int to) {
        int row = from;
        while (row < to && slots[row] == winners.size() + row - from) {
            row++;
        }
        return row - from;
    }

    private boolean beats(int row, int winner) {
        long time = rows[timeColumn].longs()[row];
        long best = winners.longs(timeColumn)[winner];
        if (time != best) {
            return time > best;
        }
        return Long.compareUnsigned(
                        rows[timeColumn + 1].longs()[row], winners.longs(timeColumn + 1)[winner])
                > 0;
    }

    @Override
    public void close() {
        results.close();
    }
}
