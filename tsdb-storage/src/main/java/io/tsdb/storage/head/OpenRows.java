package io.tsdb.storage.head;

import io.tsdb.storage.block.RowColumns;
import io.tsdb.storage.scan.Presence;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Rows of an open buffer as a reader caught them: in ascending order of time, or else in the order
/// in which they came. Never changes.
///
/// The methods that read columns are for rows in ascending order; otherwise [Sealer] sorts and
/// unites them first.
public final class OpenRows implements RowColumns {
    private final RowLayout layout;
    private final long[] rows;
    private final long @Nullable [] masks;
    private final short @Nullable [] order;
    private final int count;
    private final boolean ascending;
    private final byte[] heap;

    /// @param rows of [RowLayout#stride()] longs each
    /// @param masks presence bits, [RowLayout#maskWords()] a row; null when every row has every
    ///   field
    /// @param order which of the rows are to be read, [RowOrder#places()]; null: the first `count`
    /// @param ascending whether the times are strictly ascending
    /// @param heap bytes that string values refer to
    OpenRows(
            RowLayout layout,
            long[] rows,
            long @Nullable [] masks,
            short @Nullable [] order,
            int count,
            boolean ascending,
            byte[] heap) {
        this.layout = layout;
        this.rows = rows;
        this.masks = masks;
        this.order = order;
        this.count = count;
        this.ascending = ascending;
        this.heap = heap;
    }

    public int count() {
        return count;
    }

    /// Whether the times are strictly ascending.
    public boolean ascending() {
        return ascending;
    }

    public long time(int row) {
        return rows[place(row) * layout.stride()];
    }

    @Override
    public void times(long[] target) {
        copy(0, target);
    }

    /// Copies what lies at `offset` in each row.
    private void copy(int offset, long[] target) {
        int stride = layout.stride();
        short[] places = order;
        if (places == null) {
            for (int row = 0, at = offset; row < count; row++, at += stride) {
                target[row] = rows[at];
            }
        } else {
            for (int row = 0; row < count; row++) {
                target[row] = rows[places[row] * stride + offset];
            }
        }
    }

    private int place(int row) {
        return order == null ? row : order[row];
    }

    /// Values of an INT64 or BOOL field, or the raw bits of a FLOAT64 field.
    @Override
    public Presence longs(int fieldIndex, long[] target, long[] presence) {
        int slot = layout.slotOf(fieldIndex);
        if (slot < 0) {
            return Presence.NONE;
        }
        copy(1 + slot, target);
        return presence(slot, presence);
    }

    @Override
    public Presence doubles(int fieldIndex, double[] target, long[] presence) {
        int slot = layout.slotOf(fieldIndex);
        if (slot < 0) {
            return Presence.NONE;
        }
        int stride = layout.stride();
        short[] places = order;
        for (int row = 0; row < count; row++) {
            int at = (places == null ? row : places[row]) * stride + 1 + slot;
            target[row] = Double.longBitsToDouble(rows[at]);
        }
        return presence(slot, presence);
    }

    /// The value of one row, as [#longs] gives it.
    ///
    /// @param target receives it in entry 0
    /// @return whether the row has one
    public boolean longAt(int fieldIndex, int row, long[] target) {
        int slot = layout.slotOf(fieldIndex);
        if (slot < 0 || !has(row, slot)) {
            return false;
        }
        target[0] = rows[place(row) * layout.stride() + 1 + slot];
        return true;
    }

    /// The string of one row; null when it has none.
    public @Nullable String textAt(int fieldIndex, int row) {
        int slot = layout.slotOf(fieldIndex);
        return slot < 0 || !has(row, slot) ? null : text(row, slot);
    }

    /// Strings as ids into what [#dictionary] gives for the same field.
    @Override
    public Presence stringIds(int fieldIndex, int[] target, long[] presence) {
        int slot = layout.slotOf(fieldIndex);
        if (slot < 0) {
            return Presence.NONE;
        }
        Map<String, Integer> ids = dictionaryIds(slot);
        for (int row = 0; row < count; row++) {
            target[row] = has(row, slot) ? ids.getOrDefault(text(row, slot), 0) : 0;
        }
        return presence(slot, presence);
    }

    /// Distinct strings of a STRING field in order of their first row.
    @Override
    public String[] dictionary(int fieldIndex) {
        int slot = layout.slotOf(fieldIndex);
        if (slot < 0) {
            return new String[0];
        }
        Map<String, Integer> ids = dictionaryIds(slot);
        String[] texts = new String[ids.size()];
        ids.forEach((text, id) -> texts[id] = text);
        return texts;
    }

    void copyTo(HeadRows target, int at) {
        target.putOpen(at, layout, rows, masks, order, count, ascending, heap);
    }

    RowLayout layout() {
        return layout;
    }

    byte[] heap() {
        return heap;
    }

    boolean complete() {
        return masks == null;
    }

    boolean has(int row, int slot) {
        return has(masks, layout.maskWords(), place(row), slot);
    }

    static boolean has(long @Nullable [] masks, int words, int row, int slot) {
        return masks == null || (masks[row * words + (slot >>> 6)] >>> slot & 1) != 0;
    }

    private Presence presence(int slot, long[] presence) {
        if (masks == null) {
            return Presence.ALL;
        }
        int present = presenceBits(slot, presence);
        return present == count ? Presence.ALL : present == 0 ? Presence.NONE : Presence.SOME;
    }

    /// @return rows that have the field
    int presenceBits(int slot, long[] presence) {
        Arrays.fill(presence, 0, (count + 63) >>> 6, 0);
        int present = 0;
        for (int row = 0; row < count; row++) {
            if (has(row, slot)) {
                presence[row >>> 6] |= 1L << row;
                present++;
            }
        }
        return present;
    }

    private Map<String, Integer> dictionaryIds(int slot) {
        var ids = new HashMap<String, Integer>();
        for (int row = 0; row < count; row++) {
            if (has(row, slot)) {
                ids.putIfAbsent(text(row, slot), ids.size());
            }
        }
        return ids;
    }

    private String text(int row, int slot) {
        long bits = rows[place(row) * layout.stride() + 1 + slot];
        return new String(heap, (int) (bits >>> 32), (int) bits, StandardCharsets.UTF_8);
    }
}
