package io.tsdb.query.column;

import java.util.List;

/// Rows in columns, up to [ColumnVector#ROWS_MAX] of them; reused by who fills it.
public final class ColumnBatch {
    private final ColumnVector[] columns;
    private int rowCount;

    /// About what a batch of that many columns with arrays of its own takes.
    public static long memoryBytes(int columnCount) {
        return columnCount * ColumnVector.MEMORY_BYTES;
    }

    /// An empty batch with arrays of its own.
    public ColumnBatch(List<ColumnType> types) {
        columns = new ColumnVector[types.size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = new ColumnVector(types.get(i));
        }
    }

    /// A batch of vectors that somebody else owns; see [#setColumn].
    public ColumnBatch(int columnCount) {
        columns = new ColumnVector[columnCount];
    }

    /// Puts somebody else's vector in; it must stay as it is until the batch's reader is done.
    public void setColumn(int index, ColumnVector vector) {
        columns[index] = vector;
    }

    public int columnCount() {
        return columns.length;
    }

    public ColumnVector column(int index) {
        return columns[index];
    }

    /// All columns in order; the array is not to be changed.
    public ColumnVector[] columns() {
        return columns;
    }

    public int rowCount() {
        return rowCount;
    }

    public void setRowCount(int rowCount) {
        this.rowCount = rowCount;
    }

    /// Takes over the rows `selection[0, count)` of another batch with columns of the same types.
    public void gather(ColumnBatch other, int[] selection, int count) {
        for (int i = 0; i < columns.length; i++) {
            columns[i].gather(other.columns[i], selection, count);
        }
        rowCount = count;
    }
}
