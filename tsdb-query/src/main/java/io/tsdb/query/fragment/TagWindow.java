package io.tsdb.query.fragment;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.RowWindow;

import org.jspecify.annotations.Nullable;

/// Rows of tag values, set one by one: a string per row and column.
final class TagWindow implements RowWindow {
    private final ColumnVector[] columns;
    private final String[][] strings;
    private int rowCount;

    TagWindow(int columnCount) {
        columns = new ColumnVector[columnCount];
        strings = new String[columnCount][ColumnVector.ROWS_MAX];
        for (int i = 0; i < columnCount; i++) {
            columns[i] = new ColumnVector(ColumnType.STRING);
            for (int row = 0; row < ColumnVector.ROWS_MAX; row++) {
                columns[i].ids()[row] = row;
                strings[i][row] = "";
            }
        }
    }

    /// Sets the number of rows; values that were set stay.
    void begin(int count) {
        rowCount = count;
    }

    void set(int column, int row, @Nullable String value) {
        if (row == 0) {
            columns[column].setAllPresent();
        }
        if (value == null) {
            columns[column].setNull(row);
        } else {
            strings[column][row] = value;
            columns[column].setPresent(row);
        }
    }

    void finish() {
        for (int i = 0; i < columns.length; i++) {
            columns[i].setDictionary(strings[i], ColumnVector.ROWS_MAX);
        }
    }

    @Override
    public int rowCount() {
        return rowCount;
    }

    @Override
    public ColumnVector column(int index) {
        return columns[index];
    }
}
