package io.tsdb.query.fragment;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.storage.scan.TagColumn;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// A tag as an output: first the id of its value, at the end the strings of the ids, each looked up
/// once. One thread.
final class TagTexts {
    private static final int UNKNOWN = -1;

    private final @Nullable TagColumn column;
    private final MemoryAccount memory;
    private final StringDictionary dictionary;
    private int[] known = {};

    /// @param column of the tag; null where no series has it
    TagTexts(@Nullable TagColumn column, MemoryAccount memory) {
        this.memory = memory;
        this.dictionary = new StringDictionary(memory);
        this.column = column;
        dictionary.idOf("");
    }

    /// Writes the value ids of series, [TagColumn#ABSENT] included.
    void ids(int[] series, int count, long[] target) {
        TagColumn values = column;
        for (int row = 0; row < count; row++) {
            target[row] = values == null ? TagColumn.ABSENT : values.valueIdOf(series[row]);
        }
    }

    /// Turns value ids `[from, from + count)` into the strings of a STRING column.
    void write(long[] valueIds, int from, int count, ColumnVector target) {
        target.setAllPresent();
        for (int row = 0; row < count; row++) {
            int value = (int) valueIds[from + row];
            if (value == TagColumn.ABSENT) {
                target.ids()[row] = 0;
                target.setNull(row);
            } else {
                target.ids()[row] = idOf(value);
            }
        }
        target.setDictionary(dictionary);
    }

    private int idOf(int value) {
        if (value >= known.length) {
            int before = known.length;
            int length = Math.max(64, 2 * value);
            memory.reserve((long) (length - before) * Integer.BYTES);
            known = Arrays.copyOf(known, length);
            Arrays.fill(known, before, known.length, UNKNOWN);
        }
        if (known[value] == UNKNOWN) {
            known[value] = dictionary.idOf(text(value));
        }
        return known[value];
    }

    private String text(int value) {
        if (column == null) {
            throw new IllegalStateException("BUG: a value of a tag that no series has");
        }
        return column.value(value);
    }
}
