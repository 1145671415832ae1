package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.rows.RowStore;

import java.util.Arrays;
import java.util.List;

/// Rows of two sides side by side: those of a batch, and stored ones.
final class JoinedBatch {
    private static final String[] NO_TEXT = {""};

    private final ColumnVector[] vectors;
    private final ColumnBatch batch;
    private final int storedFrom;
    private final int storedCount;
    private final int passingFrom;
    private final int[] present = new int[ColumnVector.ROWS_MAX];
    private final boolean[] isMissing = new boolean[ColumnVector.ROWS_MAX];

    /// @param types of all columns
    /// @param storedFrom number of the first stored one
    JoinedBatch(List<ColumnType> types, int storedFrom, int storedCount) {
        this.batch = new ColumnBatch(types.size());
        this.vectors = new ColumnVector[types.size()];
        Arrays.setAll(vectors, i -> new ColumnVector(types.get(i)));
        this.storedFrom = storedFrom;
        this.storedCount = storedCount;
        this.passingFrom = storedFrom == 0 ? storedCount : 0;
    }

    /// Rows `rows[0, count)` of a batch beside rows `stored[0, count)`.
    ColumnBatch both(ColumnBatch passing, int[] rows, RowStore store, int[] stored, int count) {
        setPassing(passing, rows, count);
        setStored(store, stored, count);
        return sized(count);
    }

    /// All rows of a batch beside rows `stored[0, count)`, or NULLs where that is -1.
    ColumnBatch allBeside(ColumnBatch passing, RowStore store, int[] stored) {
        int count = passing.rowCount();
        for (int i = 0; i < passing.columnCount(); i++) {
            batch.setColumn(passingFrom + i, passing.column(i));
        }
        boolean anyMissing = false;
        boolean anyThere = false;
        for (int i = 0; i < count; i++) {
            isMissing[i] = stored[i] < 0;
            anyMissing |= isMissing[i];
            anyThere |= !isMissing[i];
            present[i] = Math.max(0, stored[i]);
        }
        if (!anyThere) {
            setNulls(storedFrom, storedCount);
        } else {
            setStored(store, present, count);
            for (int i = storedFrom; anyMissing && i < storedFrom + storedCount; i++) {
                for (int row = 0; row < count; row++) {
                    if (isMissing[row]) {
                        vectors[i].setNull(row);
                    }
                }
            }
        }
        return sized(count);
    }

    /// Rows `rows[0, count)` of a batch beside NULLs.
    ColumnBatch passingAlone(ColumnBatch passing, int[] rows, int count) {
        setPassing(passing, rows, count);
        setNulls(storedFrom, storedCount);
        return sized(count);
    }

    /// Rows `stored[0, count)` beside NULLs.
    ColumnBatch storedAlone(RowStore store, int[] stored, int count) {
        setStored(store, stored, count);
        setNulls(passingFrom, vectors.length - storedCount);
        return sized(count);
    }

    private ColumnBatch sized(int count) {
        batch.setRowCount(count);
        return batch;
    }

    private void setPassing(ColumnBatch passing, int[] rows, int count) {
        boolean isAll = isAll(rows, count, passing.rowCount());
        for (int i = 0; i < passing.columnCount(); i++) {
            ColumnVector column = passing.column(i);
            if (!isAll) {
                vectors[passingFrom + i].gather(column, rows, count);
            }
            batch.setColumn(passingFrom + i, isAll ? column : vectors[passingFrom + i]);
        }
    }

    private static boolean isAll(int[] rows, int count, int rowCount) {
        if (count != rowCount) {
            return false;
        }
        boolean isAll = true;
        for (int i = 0; i < count; i++) {
            isAll &= rows[i] == i;
        }
        return isAll;
    }

    private void setStored(RowStore store, int[] stored, int count) {
        for (int i = 0; i < storedCount; i++) {
            ColumnVector vector = vectors[storedFrom + i];
            store.writeColumn(i, stored, 0, count, vector);
            batch.setColumn(storedFrom + i, vector);
        }
    }

    private void setNulls(int from, int count) {
        for (int i = from; i < from + count; i++) {
            ColumnVector vector = vectors[i];
            vector.setNonePresent();
            if (vector.type() == ColumnType.STRING) {
                Arrays.fill(vector.ids(), 0);
                vector.setDictionary(NO_TEXT, 1);
            }
            batch.setColumn(i, vector);
        }
    }
}
