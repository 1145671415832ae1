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
/// they are turned into columns when the buffer is sealed. A row that comes a little late stays
/// where it is written and is put into its place by a [RowOrder]. Changed by the shard's writer
/// under its lock; readers take [#capture].
final class SeriesHead {
    private static final int ROWS_FIRST = 4;
    private static final int OBJECT_BYTES = 176;

    /// Rows by which a row may come late and still be put into its place.
    private static final int LATE_ROWS_MAX = 128;

    /// Fewest rows that are sealed: more than twice as many as stay open for late ones.
    private static final int SEAL_ROWS_MIN = 3 * LATE_ROWS_MAX;

    /// The golden ratio, of 2^32: its multiples spread evenly, however many there are.
    private static final int GOLDEN = 0x9E3779B9;

    /// Rows that were united with others, from which on a full buffer is tidied and not sealed.
    private static final int UNITED_ROWS_MIN = BlockCursor.ROWS_MAX / 8;

    static final Block[] NO_BLOCKS = {};
    static final byte[] NO_BYTES = {};

    /// State of a series as scans are to see it that began before it changed.
    ///
    /// @param rows null: it was not there
    /// @param until newest snapshot that it is for
    record PreImage(@Nullable SeriesRows rows, long until, @Nullable PreImage older) {}

    /// Newest snapshot that had begun when the series changed last.
    long touched;

    @Nullable PreImage preImages;

    final int seriesId;
    final MeasurementHead measurement;
    RowLayout layout;
    long[] rows;

    /// Rows that lie in the buffer.
    int count;

    /// Rows that were written into others since the buffer was last tidied. They count all the same
    /// when it is asked whether the buffer is full: a scan that holds it keeps such rows apart, and
    /// where a block ends must not depend on who reads here. Replicas write the same blocks.
    private int absorbed;

    /// Null where they are to be read as they lie.
    private @Nullable RowOrder order;

    /// Rows that the arrays have room for.
    private int capacity;

    /// Rows from which on a block is to be made of them.
    private int sealRows;

    /// At so many rows the buffer must be tidied, grow or be sealed: the least of the two, but for
    /// rows that lie in others.
    int limit;

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

    /// A reader holds the buffer's arrays: its rows do not change any more, and the arrays are left
    /// to it when the buffer is sealed.
    private boolean captured;

    SeriesHead(int seriesId, MeasurementHead measurement, RowLayout layout) {
        this.seriesId = seriesId;
        this.measurement = measurement;
        this.layout = layout;
        this.capacity = ROWS_FIRST;
        this.sealRows = firstRows(seriesId);
        this.limit = ROWS_FIRST;
        this.rows = new long[ROWS_FIRST * layout.stride()];
    }

    /// How many rows the first block of a series is made of: a number of its own. Devices that
    /// report at the same rate would fill their buffers in the same moment, again and again, and
    /// whoever writes then would wait for a thousand blocks; so they are sealed one after the
    /// other.
    private static int firstRows(int seriesId) {
        long fraction = seriesId * GOLDEN & 0xFFFF_FFFFL;
        return SEAL_ROWS_MIN
                + (int) (fraction * (BlockCursor.ROWS_MAX - SEAL_ROWS_MIN + 1) >>> Integer.SIZE);
    }

    /// What the reader of a scan needs; nothing of it changes afterwards.
    OpenRows capture() {
        captured = true;
        if (order != null) {
            order.captured();
        }
        return view(size());
    }

    /// As [#capture()], among those of other series.
    void capture(HeadRows target, int at) {
        target.putSealed(at, sealed, sealedCount, newestSealed);
        if (count > 0) {
            // compiled, without an object: 12 bytes a series are allocated, those of `target`
            capture().copyTo(target, at);
        }
    }

    /// The first open rows, for the writer itself.
    OpenRows view(int rowCount) {
        return new OpenRows(
                layout,
                rows,
                masks,
                order == null ? null : order.places(),
                rowCount,
                ascending,
                heap);
    }

    /// Rows to be read, those that were united as one.
    private int size() {
        return order == null ? count : order.size();
    }

    private int place(int index) {
        return order == null ? index : order.place(index);
    }

    boolean isFull() {
        return count + absorbed == sealRows;
    }

    /// Whether room is to be had by [#tidy].
    boolean isUntidy() {
        return count + absorbed - size() >= UNITED_ROWS_MIN;
    }

    private int limit() {
        return Math.min(capacity, sealRows) - absorbed;
    }

    /// Makes room for rows; not to be called when [#isFull()].
    ///
    /// @return bytes by which the buffer grew
    long grow(RowArrays arrays) {
        int larger = Math.min(BlockCursor.ROWS_MAX, 4 * capacity);
        long before = openBytes();
        long[] grown = arrays.take(larger, layout.stride());
        System.arraycopy(rows, 0, grown, 0, count * layout.stride());
        arrays.retire(rows, capacity, captured);
        rows = grown;
        if (masks != null) {
            masks = Arrays.copyOf(masks, larger * layout.maskWords());
        }
        captured = false;
        capacity = larger;
        limit = limit();
        return openBytes() - before;
    }

    /// Takes the rows out that were united with others.
    ///
    /// @return bytes by which the buffer grew
    long tidy(RowArrays arrays) {
        long before = openBytes();
        keep(0, arrays);
        return openBytes() - before;
    }

    /// Gives back the arrays of rows; the buffer is not to be written to any more.
    void retire(RowArrays arrays) {
        arrays.retire(rows, capacity, captured);
        if (order != null) {
            order.retire();
        }
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

    /// Takes in the row that was written behind the others: it is put into its place when it is a
    /// little late.
    void appended(long time, RowArrays arrays) {
        int row = count++;
        if (row == 0) {
            late |= time <= newestSealed;
            newestTime = time;
        } else if (time > newestTime) {
            newestTime = time;
            if (order != null) {
                order.add(row);
            }
        } else {
            late = true;
            settle(row, time, arrays);
        }
    }

    /// Clients that send over several connections deliver rows out of order by a few; keeping the
    /// buffer sorted costs less than blocks that overlap and must be merged by every query. A row
    /// that is too late for it comes behind the others: the buffer is sorted when it is sealed.
    private void settle(int row, long time, RowArrays arrays) {
        int stride = layout.stride();
        int size = order == null ? row : order.size();
        int at = size;
        if (ascending) {
            int limit = Math.max(0, size - LATE_ROWS_MAX);
            while (at > limit && rows[place(at - 1) * stride] > time) {
                at--;
            }
            ascending = at == 0 || rows[place(at - 1) * stride] <= time;
        }
        if (!ascending) {
            if (order != null) {
                order.add(row);
            }
        } else if (at > 0 && rows[place(at - 1) * stride] == time) {
            unite(at - 1, row, arrays);
        } else {
            orderOf(size, arrays).insert(at, row);
        }
    }

    private RowOrder orderOf(int size, RowArrays arrays) {
        RowOrder found = order;
        if (found == null) {
            found = new RowOrder(size, capacity, arrays);
            order = found;
        }
        return found;
    }

    /// Two rows of one time: what the later one has, wins. It takes the place of the other, or is
    /// written into it where no scan can see that.
    private void unite(int index, int later, RowArrays arrays) {
        int earlier = place(index);
        if (captured) {
            fill(later, earlier, later, false);
            orderOf(later, arrays).replace(index, later);
        } else {
            fill(earlier, later, later, true);
            count--;
            absorbed++;
            limit--;
        }
    }

    /// Copies the values to row `target` that `source` has and the later one has, or has not.
    private void fill(int target, int source, int later, boolean has) {
        int words = layout.maskWords();
        int stride = layout.stride();
        for (int slot = 0; slot < layout.fieldCount(); slot++) {
            if (OpenRows.has(masks, words, later, slot) == has
                    && OpenRows.has(masks, words, source, slot)) {
                rows[target * stride + 1 + slot] = rows[source * stride + 1 + slot];
            }
        }
        if (masks != null) {
            for (int word = 0; word < words; word++) {
                masks[target * words + word] |= masks[source * words + word];
            }
        }
    }

    /// How many of the buffer's rows a block is to be made of: all, or all but the newest where
    /// late rows are to be expected.
    int rowsToSeal() {
        int size = size();
        return late && ascending && size > 2 * LATE_ROWS_MAX ? size - LATE_ROWS_MAX : size;
    }

    /// Takes in the block that the oldest rows were sealed into; the others stay open.
    void replaceOldest(int rowCount, Block block, RowArrays arrays) {
        if (sealedCount == sealed.length) {
            sealed = Arrays.copyOf(sealed, Math.max(4, 2 * sealedCount));
        }
        sealed[sealedCount++] = block;
        newestSealed = Math.max(newestSealed, block.maxTime());
        sealRows = BlockCursor.ROWS_MAX;
        keep(rowCount, arrays);
    }

    /// Keeps the rows from number `first` on, in the order in which they are to be read.
    private void keep(int first, RowArrays arrays) {
        int kept = size() - first;
        long[] before = rows;
        rows = captured ? arrays.take(capacity, layout.stride()) : rows;
        move(before, rows, layout.stride(), first, kept);
        if (captured) {
            arrays.retire(before, capacity, true);
        }
        long[] bits = masks;
        if (bits != null) {
            masks = kept == 0 ? null : captured ? new long[bits.length] : bits;
            if (masks != null) {
                move(bits, masks, layout.maskWords(), first, kept);
            }
        }
        captured = false;
        count = kept;
        absorbed = 0;
        limit = limit();
        if (order != null) {
            order.retire();
            order = null;
        }
        keepStrings();
        ascending |= kept == 0;
    }

    /// Copies rows from number `first` on to the front of `target`, which may be the array itself.
    ///
    /// @param width longs a row
    private void move(long[] array, long[] target, int width, int first, int kept) {
        if (order == null) {
            System.arraycopy(array, first * width, target, 0, kept * width);
            return;
        }
        // in their order they may lie before where they are to go
        var rowsInOrder = new long[kept * width];
        for (int i = 0; i < kept; i++) {
            System.arraycopy(array, place(first + i) * width, rowsInOrder, i * width, width);
        }
        System.arraycopy(rowsInOrder, 0, target, 0, rowsInOrder.length);
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
        // the order counts whether it is there or not: it may come with any row
        long bytes = OBJECT_BYTES + 8L * rows.length + 2L * capacity + heap.length;
        return masks == null ? bytes : bytes + 8L * masks.length;
    }
}
