package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;

import org.jspecify.annotations.Nullable;

/// The first columns.
final class CutSource implements BatchSource {
    private final BatchSource input;
    private final ColumnBatch output;

    CutSource(int count, BatchSource input) {
        this.input = input;
        this.output = new ColumnBatch(count);
    }

    @Override
    public @Nullable ColumnBatch next() {
        ColumnBatch batch = input.next();
        if (batch == null) {
            return null;
        }
        for (int i = 0; i < output.columnCount(); i++) {
            output.setColumn(i, batch.column(i));
        }
        output.setRowCount(batch.rowCount());
        return output;
    }

    @Override
    public void close() {
        input.close();
    }
}
