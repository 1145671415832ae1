package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;

import org.jspecify.annotations.Nullable;

/// Strings by slot to a column.
final class StringSlots {
    private static final int STRING_BYTES = 48;

    private StringSlots() {}

    /// Reserves a string that takes the place of another one, or of none.
    static void reserve(@Nullable String before, String after, MemoryAccount memory) {
        memory.reserve(STRING_BYTES + 2L * after.length());
        if (before != null) {
            memory.release(STRING_BYTES + 2L * before.length());
        }
    }

    /// Rows `[0, count)` get `strings[from + row]`, null where there is none.
    static void write(@Nullable String[] strings, int from, int count, ColumnVector target) {
        var dictionary = new String[Math.max(1, count)];
        dictionary[0] = "";
        int size = 0;
        target.setAllPresent();
        for (int i = 0; i < count; i++) {
            String value = strings[from + i];
            if (value == null) {
                target.setNull(i);
                target.ids()[i] = 0;
            } else {
                dictionary[size] = value;
                target.ids()[i] = size++;
            }
        }
        target.setDictionary(dictionary, Math.max(1, size));
    }
}
