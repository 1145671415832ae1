package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.RowWindow;
import io.tsdb.query.rows.RowStore;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Stored rows as the window that expressions are evaluated over; columns are written when first
/// asked for.
final class StoredWindow implements RowWindow {
    private final RowStore rows;
    private final @Nullable ColumnVector[] columns;
    private final boolean[] isWritten;
    private final int[] order = new int[ColumnVector.ROWS_MAX];
    private int count;

    StoredWindow(RowStore rows) {
        this.rows = rows;
        this.columns = new ColumnVector[rows.types().size()];
        this.isWritten = new boolean[columns.length];
    }

    /// Moves to rows `[from, from + count)`.
    void set(int from, int count) {
        Arrays.setAll(order, i -> from + i);
        this.count = count;
        Arrays.fill(isWritten, false);
    }

    @Override
    public int rowCount() {
        return count;
    }

    @Override
    public ColumnVector column(int index) {
        ColumnVector column = columns[index];
        if (column == null) {
            column = new ColumnVector(rows.types().get(index));
            columns[index] = column;
        }
        if (!isWritten[index]) {
            isWritten[index] = true;
            rows.writeColumn(index, order, 0, count, column);
        }
        return column;
    }
}
