package io.tsdb.storage.head;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.FieldType;
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
    private static final int OBJECT_BYTES = 176;

    /// Rows by which a row may come late and still be put into its place.
    private static final int LATE_ROWS_MAX = 128;

    private static final Block[] NO_BLOCKS = {};
    private static final byte[] NO_BYTES = {};

    /// State of a series as scans are to see it that began before it changed.
    ///
    /// @param until newest snapshot that it is for
    record PreImage(@Nullable SeriesRows rows, long until, @Nullable PreImage older) {}

    /// Newest snapshot that had begun when the series changed last.
    long touched;

    @Nullable PreImage preImages;

    final int seriesId;
    final MeasurementHead measurement;
    RowLayout layout;
    long[] rows;
    int count;

    /// Rows that fit before the buffer must grow or be sealed.
    int capacity;

    long @Nullable [] masks;
    boolean ascending = true;
    private long newestTime = Long.MIN_VALUE;
    long newestSealed = Long.MIN_VALUE;

    /// Rows of the series were late before: then the newest rows stay open when the buffer is
    /// sealed.
    private boolean late;

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
        return view(count);
    }

    /// The first open rows, for the writer itself.
    OpenRows view(int rowCount) {
        return new OpenRows(layout, rows, masks, rowCount, ascending, heap);
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

    /// Takes in the row that was written behind the others: brings it to its place when it is a
    /// little late.
    void appended(long time) {
        int row = count++;
        if (row == 0) {
            late |= time <= newestSealed;
            newestTime = time;
        } else if (time > newestTime) {
            newestTime = time;
        } else {
            late = true;
            ascending = ascending && settle(row, time);
        }
    }

    /// Clients that send over several connections deliver rows out of order by a few; keeping the
    /// buffer sorted costs less than blocks that overlap and must be merged by every query.
    ///
    /// @return false when the row is too late to be moved: the buffer is sorted when it is sealed
    private boolean settle(int row, long time) {
        int stride = layout.stride();
        int at = row;
        int limit = Math.max(0, row - LATE_ROWS_MAX);
        while (at > limit && rows[(at - 1) * stride] > time) {
            at--;
        }
        if (at > 0 && rows[(at - 1) * stride] > time) {
            return false;
        }
        own();
        if (at > 0 && rows[(at - 1) * stride] == time) {
            unite(at - 1, row);
            count--;
        } else {
            rotate(rows, at * stride, row * stride, stride);
            if (masks != null) {
                rotate(
                        masks,
                        at * layout.maskWords(),
                        row * layout.maskWords(),
                        layout.maskWords());
            }
        }
        return true;
    }

    /// Moves the `width` entries at `from` to `to`, and what lies between up.
    private static void rotate(long[] array, int to, int from, int width) {
        long[] moved = Arrays.copyOfRange(array, from, from + width);
        System.arraycopy(array, to, array, to + width, from - to);
        System.arraycopy(moved, 0, array, to, width);
    }

    /// Two rows of one time: what the later one has, wins.
    private void unite(int target, int source) {
        int words = layout.maskWords();
        int stride = layout.stride();
        for (int slot = 0; slot < layout.fieldCount(); slot++) {
            if (OpenRows.has(masks, words, source, slot)) {
                rows[target * stride + 1 + slot] = rows[source * stride + 1 + slot];
            }
        }
        if (masks != null) {
            for (int word = 0; word < words; word++) {
                masks[target * words + word] |= masks[source * words + word];
            }
        }
    }

    /// Leaves the arrays to the reader that holds them, before rows in them change.
    private void own() {
        if (captured) {
            rows = rows.clone();
            masks = masks == null ? null : masks.clone();
            captured = false;
        }
    }

    /// How many of the buffer's rows a block is to be made of: all, or all but the newest where
    /// late rows are to be expected.
    int rowsToSeal() {
        return late && ascending && count > 2 * LATE_ROWS_MAX ? count - LATE_ROWS_MAX : count;
    }

    /// Takes in the block that the oldest rows were sealed into; the others stay open.
    void replaceOldest(int rowCount, Block block) {
        if (sealedCount == sealed.length) {
            sealed = Arrays.copyOf(sealed, Math.max(4, 2 * sealedCount));
        }
        sealed[sealedCount++] = block;
        newestSealed = Math.max(newestSealed, block.maxTime());
        int kept = count - rowCount;
        int stride = layout.stride();
        long[] target = captured ? new long[capacity * stride] : rows;
        System.arraycopy(rows, rowCount * stride, target, 0, kept * stride);
        rows = target;
        if (kept == 0 || masks == null) {
            masks = null;
        } else {
            int words = layout.maskWords();
            long[] bits = new long[capacity * words];
            System.arraycopy(masks, rowCount * words, bits, 0, kept * words);
            masks = bits;
        }
        captured = false;
        count = kept;
        keepStrings();
        ascending = true;
    }

    /// Copies the strings of the rows that stayed into a heap of their own.
    private void keepStrings() {
        byte[] from = heap;
        heap = NO_BYTES;
        heapSize = 0;
        if (from.length == 0) {
            return;
        }
        int stride = layout.stride();
        for (int slot = 0; slot < layout.fieldCount(); slot++) {
            if (layout.type(slot) == FieldType.STRING) {
                for (int row = 0; row < count; row++) {
                    if (OpenRows.has(masks, layout.maskWords(), row, slot)) {
                        long bits = rows[row * stride + 1 + slot];
                        rows[row * stride + 1 + slot] =
                                addString(from, (int) (bits >>> 32), (int) bits);
                    }
                }
            }
        }
    }

    long openBytes() {
        long bytes = OBJECT_BYTES + 8L * rows.length + heap.length;
        return masks == null ? bytes : bytes + 8L * masks.length;
    }
}
