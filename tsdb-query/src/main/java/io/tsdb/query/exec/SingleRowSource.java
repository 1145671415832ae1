package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;

import org.jspecify.annotations.Nullable;

/// One row without columns.
final class SingleRowSource implements BatchSource {
    private boolean isDone;

    @Override
    public @Nullable ColumnBatch next() {
        if (isDone) {
            return null;
        }
        isDone = true;
        var row = new ColumnBatch(0);
        row.setRowCount(1);
        return row;
    }

    @Override
    public void close() {
        isDone = true;
    }
}
