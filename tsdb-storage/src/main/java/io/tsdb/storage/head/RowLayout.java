package io.tsdb.storage.head;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.schema.FieldSchema;

import java.util.Arrays;

/// Which fields the rows of an open buffer have, in ascending order of their index; one object per
/// set of fields.
///
/// A row is `1 + fieldCount` longs: the time, then the values. Where rows lack fields, the buffer
/// has [#maskWords()] words a row beside it, bit `slot` set where the row has the field.
final class RowLayout {
    private final FieldSchema[] fields;
    private final int[] slotByFieldIndex;

    /// By slot, the most decimal places any batch noted: where the encoder starts its search.
    private final byte[] decimals;

    /// @param fields ascending by index
    RowLayout(FieldSchema[] fields) {
        this.fields = fields;
        this.decimals = new byte[fields.length];
        int highest = fields.length == 0 ? -1 : fields[fields.length - 1].index();
        slotByFieldIndex = new int[highest + 1];
        Arrays.fill(slotByFieldIndex, -1);
        for (int slot = 0; slot < fields.length; slot++) {
            slotByFieldIndex[fields[slot].index()] = slot;
        }
    }

    int fieldCount() {
        return fields.length;
    }

    int stride() {
        return 1 + fields.length;
    }

    int maskWords() {
        return (fields.length + 63) >>> 6;
    }

    FieldSchema field(int slot) {
        return fields[slot];
    }

    FieldSchema[] fields() {
        return fields;
    }

    FieldType type(int slot) {
        return fields[slot].type();
    }

    /// @return the field's place in a row, or -1
    int slotOf(int fieldIndex) {
        return fieldIndex >= 0 && fieldIndex < slotByFieldIndex.length
                ? slotByFieldIndex[fieldIndex]
                : -1;
    }

    int decimals(int slot) {
        return decimals[slot];
    }

    void noteDecimals(int slot, int places) {
        int known = decimals[slot];
        if (known != FieldColumn.DECIMALS_UNKNOWN
                && (places == FieldColumn.DECIMALS_UNKNOWN || places > known)) {
            decimals[slot] = (byte) places;
        }
    }

    boolean contains(RowLayout other) {
        for (FieldSchema field : other.fields) {
            if (slotOf(field.index()) < 0) {
                return false;
            }
        }
        return true;
    }
}
