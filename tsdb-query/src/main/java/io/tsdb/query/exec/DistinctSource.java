package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.rows.GroupKeys;

import org.jspecify.annotations.Nullable;

/// Different rows, once each.
final class DistinctSource implements BatchSource {
    private final BatchSource input;
    private final QueryControl control;
    private final GroupKeys rows;
    private final ColumnBatch output;
    private final int[] slots = new int[ColumnVector.ROWS_MAX];
    private boolean isRead;
    private int written;

    DistinctSource(Plan.Distinct plan, BatchSource input, QueryControl control) {
        this.input = input;
        this.control = control;
        this.rows = new GroupKeys(plan.types(), control.memory().account());
        this.output = new ColumnBatch(plan.types());
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (!isRead) {
            isRead = true;
            read();
        }
        int count = Math.min(ColumnVector.ROWS_MAX, rows.size() - written);
        if (count <= 0) {
            return null;
        }
        rows.write(written, count, output.columns());
        output.setRowCount(count);
        written += count;
        return output;
    }

    private void read() {
        ColumnBatch batch = input.next();
        while (batch != null) {
            rows.slots(batch.columns(), batch.rowCount(), slots);
            control.checkGroups(rows.size());
            batch = input.next();
        }
    }

    @Override
    public void close() {
        input.close();
    }
}
