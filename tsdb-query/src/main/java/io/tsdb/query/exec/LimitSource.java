package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.plan.Plan;

import org.jspecify.annotations.Nullable;

/// Some rows left out at the start, then no more than so many.
final class LimitSource implements BatchSource {
    private final BatchSource input;
    private final ColumnBatch output;
    private final int[] selection = new int[ColumnVector.ROWS_MAX];
    private long toSkip;
    private long left;

    LimitSource(Plan.Limit plan, BatchSource input) {
        this.input = input;
        this.output = new ColumnBatch(plan.types());
        this.toSkip = plan.offset();
        this.left = plan.limit();
    }

    @Override
    public @Nullable ColumnBatch next() {
        while (left > 0) {
            ColumnBatch batch = input.next();
            if (batch == null) {
                return null;
            }
            int from = (int) Math.min(toSkip, batch.rowCount());
            toSkip -= from;
            int count = (int) Math.min(left, batch.rowCount() - from);
            left -= count;
            if (count == batch.rowCount()) {
                return batch;
            }
            if (count > 0) {
                return slice(batch, from, count);
            }
        }
        return null;
    }

    private ColumnBatch slice(ColumnBatch batch, int from, int count) {
        for (int i = 0; i < count; i++) {
            selection[i] = from + i;
        }
        output.gather(batch, selection, count);
        return output;
    }

    @Override
    public void close() {
        input.close();
    }
}
