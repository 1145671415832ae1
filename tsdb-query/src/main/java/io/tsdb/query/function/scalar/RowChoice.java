package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

/// Result vectors whose rows are rows of one of several vectors of the same type.
final class RowChoice {
    private RowChoice() {}

    /// Sets row `i` to row `i` of `arguments[choices[i]]`, or to null where the choice is negative.
    static void write(ColumnVector[] arguments, int[] choices, int rowCount, ColumnVector result) {
        result.setAllPresent();
        int[] idOffsets = joinDictionaries(arguments, result);
        for (int i = 0; i < rowCount; i++) {
            int choice = choices[i];
            if (choice < 0) {
                result.setNull(i);
            }
            ColumnVector from = arguments[Math.max(0, choice)];
            switch (result.type()) {
                case TIMESTAMP, INT64, BOOL -> result.longs()[i] = from.longs()[i];
                case FLOAT64 -> result.doubles()[i] = from.doubles()[i];
                case STRING -> result.ids()[i] = choice < 0 ? 0 : idOffsets[choice] + from.ids()[i];
            }
        }
    }

    /// Gives the result the dictionaries of all arguments, one after the other.
    private static int[] joinDictionaries(ColumnVector[] arguments, ColumnVector result) {
        var offsets = new int[arguments.length];
        if (result.type() != ColumnType.STRING) {
            return offsets;
        }
        int size = 0;
        for (int a = 0; a < arguments.length; a++) {
            offsets[a] = size;
            size += arguments[a].dictionarySize();
        }
        var strings = new String[Math.max(1, size)];
        strings[0] = "";
        for (int a = 0; a < arguments.length; a++) {
            System.arraycopy(
                    arguments[a].dictionary(),
                    0,
                    strings,
                    offsets[a],
                    arguments[a].dictionarySize());
        }
        result.setDictionary(strings, strings.length);
        return offsets;
    }
}
