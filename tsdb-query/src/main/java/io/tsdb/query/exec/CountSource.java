package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// One row of one number that is known already.
final class CountSource implements BatchSource {
    private final long count;
    private boolean isDone;

    CountSource(long count) {
        this.count = count;
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (isDone) {
            return null;
        }
        isDone = true;
        var row = new ColumnBatch(List.of(ColumnType.INT64));
        row.column(0).longs()[0] = count;
        row.column(0).setAllPresent();
        row.setRowCount(1);
        return row;
    }

    @Override
    public void close() {
        isDone = true;
    }
}
