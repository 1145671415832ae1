package io.tsdb.storage.head;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.scan.BlockCursor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Recent data of one series: sealed blocks in the order they were sealed, and an open buffer of
/// rows in arrival order.
///
/// Rows lie one behind the other (see [RowLayout]), so that a point costs one or two cache lines;
/// they are turned into columns when the buffer is sealed. Changed by the shard's writer under its
/// lock; readers take [#capture].
final class SeriesHead {
    private static final int ROWS_FIRST = 4;
    private static final int OBJECT_BYTES = 160;
    private static final Block[] NO_BLOCKS = {};
    private static final byte[] NO_BYTES = {};

    final int seriesId;
    final MeasurementHead measurement;
    RowLayout layout;
    long[] rows;
    int count;

    /// Rows that fit before the buffer must grow or be sealed.
    int capacity;

    long @Nullable [] masks;
    long newestTime = Long.MIN_VALUE;
    boolean ascending = true;
    byte[] heap = NO_BYTES;
    int heapSize;

    Block[] sealed = NO_BLOCKS;
    int sealedCount;

    /// A reader holds the buffer's arrays: they are left to it when the buffer is sealed.
    private boolean captured;

    SeriesHead(int seriesId, MeasurementHead measurement, RowLayout layout) {
        this.seriesId = seriesId;
        this.measurement = measurement;
        this.layout = layout;
        this.capacity = ROWS_FIRST;
        this.rows = new long[ROWS_FIRST * layout.stride()];
    }

    /// What the reader of a scan needs; nothing of it changes afterwards.
    OpenRows capture() {
        captured = true;
        return view();
    }

    /// The open rows, for the writer itself.
    OpenRows view() {
        return new OpenRows(layout, rows, masks, count, ascending, heap);
    }

    boolean isFull() {
        return count == BlockCursor.ROWS_MAX;
    }

    /// Makes room for rows; not to be called when [#isFull()].
    ///
    /// @return bytes by which the buffer grew
    long grow() {
        int larger = Math.min(BlockCursor.ROWS_MAX, 4 * capacity);
        long before = openBytes();
        rows = Arrays.copyOf(rows, larger * layout.stride());
        if (masks != null) {
            masks = Arrays.copyOf(masks, larger * layout.maskWords());
        }
        capacity = larger;
        return openBytes() - before;
    }

    /// Takes over a layout that has every field of the present one and more.
    ///
    /// @return bytes by which the buffer grew
    long relayout(RowLayout wider) {
        long before = openBytes();
        int stride = wider.stride();
        long[] widened = new long[capacity * stride];
        int words = wider.maskWords();
        long[] present = new long[capacity * words];
        int[] target = new int[layout.fieldCount()];
        for (int slot = 0; slot < target.length; slot++) {
            target[slot] = wider.slotOf(layout.field(slot).index());
        }
        for (int row = 0; row < count; row++) {
            int from = row * layout.stride();
            widened[row * stride] = rows[from];
            for (int slot = 0; slot < target.length; slot++) {
                if (OpenRows.has(masks, layout.maskWords(), row, slot)) {
                    int to = target[slot];
                    widened[row * stride + 1 + to] = rows[from + 1 + slot];
                    present[row * words + (to >>> 6)] |= 1L << to;
                }
            }
        }
        layout = wider;
        rows = widened;
        masks = present;
        captured = false;
        return openBytes() - before;
    }

    /// Gives an empty buffer another layout.
    ///
    /// @return bytes by which the buffer grew
    long restart(RowLayout other) {
        long before = openBytes();
        layout = other;
        rows = new long[capacity * other.stride()];
        masks = null;
        captured = false;
        return openBytes() - before;
    }

    /// Prepares presence bits: from now on each row has its own.
    void materialiseMasks() {
        if (masks == null) {
            masks = new long[capacity * layout.maskWords()];
            Arrays.fill(masks, 0, count * layout.maskWords(), -1L);
        }
    }

    /// @return reference of the copied string
    long addString(byte[] source, int from, int length) {
        if (heapSize + length > heap.length) {
            heap = Arrays.copyOf(heap, Math.max(256, 2 * (heapSize + length)));
        }
        System.arraycopy(source, from, heap, heapSize, length);
        long reference = (long) heapSize << 32 | length;
        heapSize += length;
        return reference;
    }

    /// Takes in the block that the buffer's rows were sealed into, and empties the buffer.
    void replaceOpenBy(Block[] blocks, int blockCount) {
        if (sealedCount + blockCount > sealed.length) {
            sealed = Arrays.copyOf(sealed, Math.max(4, 2 * (sealedCount + blockCount)));
        }
        System.arraycopy(blocks, 0, sealed, sealedCount, blockCount);
        sealedCount += blockCount;
        if (captured) {
            rows = new long[capacity * layout.stride()];
            heap = NO_BYTES;
            captured = false;
        }
        masks = null;
        heapSize = 0;
        count = 0;
        ascending = true;
        newestTime = Long.MIN_VALUE;
    }

    long openBytes() {
        long bytes = OBJECT_BYTES + 8L * rows.length + heap.length;
        return masks == null ? bytes : bytes + 8L * masks.length;
    }
}
