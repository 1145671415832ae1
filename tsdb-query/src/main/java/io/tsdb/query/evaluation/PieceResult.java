package io.tsdb.query.evaluation;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.DictionaryMapper;

/// A result that different expressions give for different rows of a window.
final class PieceResult {
    private final SelectedRows part = new SelectedRows();
    private final DictionaryMapper texts;
    private final ColumnVector result;

    PieceResult(ColumnType type, MemoryAccount memory) {
        this.texts = new DictionaryMapper(memory);
        this.result = new ColumnVector(type);
    }

    /// For the next window.
    void begin() {
        result.setAllPresent();
        if (result.type() == ColumnType.STRING) {
            texts.rotateIfLarge();
            texts.target().idOf("");
        }
    }

    boolean isPresent(int row) {
        return result.isPresent(row);
    }

    /// The result, once each row was written.
    ColumnVector finish() {
        if (result.type() == ColumnType.STRING) {
            result.setDictionary(texts.target());
        }
        return result;
    }

    /// Evaluates over rows `selection[0, count)` and keeps what comes out for them.
    void write(Evaluator evaluator, RowWindow rows, int[] selection, int count) {
        part.select(rows, selection, count);
        ColumnVector values = evaluator.evaluate(part);
        switch (result.type()) {
            case TIMESTAMP, INT64, UINT64, BOOL -> {
                for (int i = 0; i < count; i++) {
                    result.longs()[selection[i]] = values.longs()[i];
                }
            }
            case FLOAT64 -> {
                for (int i = 0; i < count; i++) {
                    result.doubles()[selection[i]] = values.doubles()[i];
                }
            }
            case STRING -> {
                int[] map = texts.map(values, 0, count);
                for (int i = 0; i < count; i++) {
                    result.ids()[selection[i]] = Math.max(0, map[values.ids()[i]]);
                }
            }
        }
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                result.setPresent(selection[i]);
            } else {
                result.setNull(selection[i]);
            }
        }
    }
}
