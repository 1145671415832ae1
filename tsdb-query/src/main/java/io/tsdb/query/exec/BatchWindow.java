package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.RowWindow;

/// A batch as the window that expressions are evaluated over.
final class BatchWindow implements RowWindow {
    private ColumnBatch batch = new ColumnBatch(0);

    void set(ColumnBatch next) {
        batch = next;
    }

    @Override
    public int rowCount() {
        return batch.rowCount();
    }

    @Override
    public ColumnVector column(int index) {
        return batch.column(index);
    }
}
