package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

/// Result vectors whose rows are rows of one of several arguments of the same type.
final class ArgumentChoice {
    private ArgumentChoice() {}

    /// Sets row `i` to row `i` of `arguments[choices[i]]`, or to null where the choice is negative.
    static void write(ColumnVector[] arguments, int[] choices, int rowCount, ColumnVector result) {
        result.setAllPresent();
        TextRows texts = result.type() == ColumnType.STRING ? new TextRows(rowCount, result) : null;
        for (int i = 0; i < rowCount; i++) {
            int choice = choices[i];
            if (choice < 0) {
                result.setNull(i);
            }
            ColumnVector from = arguments[Math.max(0, choice)];
            switch (result.type()) {
                case TIMESTAMP, INT64, UINT64, BOOL -> result.longs()[i] = from.longs()[i];
                case FLOAT64 -> result.doubles()[i] = from.doubles()[i];
                case STRING -> {
                    if (texts != null) {
                        texts.put(i, choice < 0 ? null : from.string(i));
                    }
                }
            }
        }
        if (texts != null) {
            texts.finish();
        }
    }
}
