package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.rows.TopRows;

import org.jspecify.annotations.Nullable;

/// Rows in order; held back until the input ends.
final class SortSource implements BatchSource {
    private final BatchSource input;
    private final TopRows rows;
    private final ColumnBatch output;
    private boolean isRead;

    SortSource(Plan.Sort plan, BatchSource input, QueryControl control) {
        this.input = input;
        this.rows = new TopRows(plan.types(), plan.keys(), plan.limit(), control.memory());
        this.output = new ColumnBatch(plan.types());
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (!isRead) {
            isRead = true;
            read();
        }
        return rows.next(output) ? output : null;
    }

    private void read() {
        ColumnBatch batch = input.next();
        while (batch != null) {
            rows.add(batch.columns(), batch.rowCount());
            batch = input.next();
        }
        rows.finish();
    }

    @Override
    public void close() {
        input.close();
    }
}
