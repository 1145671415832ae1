package io.tsdb.query.fragment;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.storage.scan.TagColumn;

import java.util.Arrays;

/// A tag as an output: first the id of its value, at the end the strings of the ids, each looked up
/// once. One thread.
final class TagTexts {
    private static final int UNKNOWN = -1;

    private final ScanRows rows;
    private final int tag;
    private final ColumnVector current = new ColumnVector(ColumnType.INT64);
    private final MemoryAccount memory;
    private final StringDictionary dictionary;
    private int[] known = {};

    TagTexts(ScanRows rows, int tag, MemoryAccount memory) {
        this.memory = memory;
        this.dictionary = new StringDictionary(memory);
        this.rows = rows;
        this.tag = tag;
        dictionary.idOf("");
    }

    /// The value id of the current series in row 0, [TagColumn#ABSENT] included.
    ColumnVector current() {
        current.longs()[0] = rows.tagValue(tag);
        return current;
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
            known[value] = dictionary.idOf(rows.tagText(tag, value));
        }
        return known[value];
    }
}
