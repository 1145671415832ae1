package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnVector;

import org.jspecify.annotations.Nullable;

/// The texts of a result, row by row; neighbours that are the same object share an entry of its
/// dictionary. Used for one batch.
final class TextRows {
    private final ColumnVector result;
    private final String[] strings;
    private int size;

    TextRows(int rowCount, ColumnVector result) {
        this.result = result;
        this.strings = new String[rowCount + 1];
    }

    /// Makes the text of one row.
    @FunctionalInterface
    interface RowText {
        String of(int row);
    }

    /// Makes the texts of all rows that are present.
    static void fill(int rowCount, ColumnVector result, RowText text) {
        var texts = new TextRows(rowCount, result);
        for (int row = 0; row < rowCount; row++) {
            texts.put(row, result.isPresent(row) ? text.of(row) : null);
        }
        texts.finish();
    }

    /// Sets a row; null is no value.
    @SuppressWarnings("ReferenceEquality") // equal ones may take an entry each
    void put(int row, @Nullable String text) {
        if (text == null) {
            result.setNull(row);
            result.ids()[row] = 0;
            return;
        }
        if (size == 0 || strings[size - 1] != text) {
            strings[size++] = text;
        }
        result.ids()[row] = size - 1;
    }

    /// Gives the result its dictionary; after the last row.
    void finish() {
        if (size == 0) {
            strings[size++] = "";
        }
        result.setDictionary(strings, size);
    }
}
