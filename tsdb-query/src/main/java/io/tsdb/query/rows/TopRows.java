package io.tsdb.query.rows;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.plan.SortKey;

import java.util.List;

/// Sorts rows, and keeps only the first `limit` of them while they come in. One thread.
public final class TopRows {
    /// Rows held beyond the limit before the rest is thrown away.
    private static final int SLACK = 1_024;

    private final List<ColumnType> types;
    private final List<SortKey> keys;
    private final long limit;
    private final QueryMemory memory;
    private MemoryAccount held;
    private RowStore rows;
    private int[] order = {};
    private int written;

    private final TopBound bound;

    /// @param limit `Long.MAX_VALUE` keeps all rows
    /// @param memory that the rows are reserved at
    public TopRows(List<ColumnType> types, List<SortKey> keys, long limit, QueryMemory memory) {
        this.types = types;
        this.keys = keys;
        this.limit = limit;
        this.memory = memory;
        this.held = memory.account();
        this.rows = new RowStore(types, held);
        this.bound = new TopBound(types, keys);
    }

    /// The last row that is wanted, of those taken in so far.
    public TopBound bound() {
        return bound;
    }

    /// Takes in rows `[0, count)`.
    public void add(ColumnVector[] columns, int count) {
        rows.append(columns, 0, count);
        if (limit < Integer.MAX_VALUE / 4 && rows.size() >= 2 * limit + SLACK) {
            compact();
        }
    }

    private void compact() {
        MemoryAccount scratch = memory.account();
        int[] best = RowOrder.sorted(rows, keys, scratch);
        MemoryAccount next = memory.account();
        var kept = new RowStore(types, next);
        var batch = new ColumnBatch(types);
        for (int from = 0; from < limit; from += ColumnVector.ROWS_MAX) {
            int count = (int) Math.min(ColumnVector.ROWS_MAX, limit - from);
            rows.write(best, from, count, batch);
            kept.append(batch.columns(), 0, count);
        }
        rows = kept;
        held.releaseAll();
        held = next;
        scratch.releaseAll();
        if (limit > 0) {
            bound.set(kept, kept.size() - 1);
        }
    }

    /// Ends the intake.
    public void finish() {
        MemoryAccount scratch = memory.account();
        order = RowOrder.sorted(rows, keys, scratch);
        scratch.releaseAll();
        held.reserve((long) order.length * Integer.BYTES);
    }

    /// Writes the next rows in order; after [#finish].
    ///
    /// @return false when there are no more
    public boolean next(ColumnBatch target) {
        int end = (int) Math.min(limit, order.length);
        int count = Math.min(ColumnVector.ROWS_MAX, end - written);
        rows.write(order, written, Math.max(0, count), target);
        written += Math.max(0, count);
        return count > 0;
    }
}
