package io.tsdb.storage.head;

import io.tsdb.storage.block.Block;

import org.jspecify.annotations.Nullable;

/// What a scan caught of many series of a head. Column by column and not an object a series: a scan
/// may ask for a million of them, and all are held until its end, across collections of garbage.
///
/// Filled by one thread under the shard's lock ([Head#capture(int, long, HeadRows, int)]), read by
/// one after that.
public final class HeadRows {
    private final long[] @Nullable [] rows;
    private final @Nullable RowLayout[] layouts;

    /// Open rows; the complement where they are not in ascending order.
    private final int[] counts;

    // what most series lack
    private long @Nullable [] @Nullable [] masks;
    private short @Nullable [] @Nullable [] orders;
    private byte @Nullable [] @Nullable [] heaps;
    private Block @Nullable [] @Nullable [] sealed;
    private int @Nullable [] sealedCounts;
    private long @Nullable [] sealedMaxTimes;

    public HeadRows(int seriesCount) {
        rows = new long[seriesCount][];
        layouts = new RowLayout[seriesCount];
        counts = new int[seriesCount];
    }

    /// @return rows of a series by its position; null when there are none
    public @Nullable SeriesRows at(int at) {
        if (!holds(at)) {
            return null;
        }
        Block @Nullable [] blocks = sealed == null ? null : sealed[at];
        return blocks == null || sealedCounts == null || sealedMaxTimes == null
                ? new SeriesRows(SeriesHead.NO_BLOCKS, 0, Long.MIN_VALUE, open(at))
                : new SeriesRows(blocks, sealedCounts[at], sealedMaxTimes[at], open(at));
    }

    /// Whether there is anything of a series.
    public boolean holds(int at) {
        return rows[at] != null || sealed != null && sealed[at] != null;
    }

    private @Nullable OpenRows open(int at) {
        long[] found = rows[at];
        RowLayout layout = layouts[at];
        if (found == null || layout == null) {
            return null;
        }
        byte @Nullable [] heap = heaps == null ? null : heaps[at];
        return new OpenRows(
                layout,
                found,
                masks == null ? null : masks[at],
                orders == null ? null : orders[at],
                counts[at] < 0 ? ~counts[at] : counts[at],
                counts[at] >= 0,
                heap == null ? SeriesHead.NO_BYTES : heap);
    }

    /// Sealed blocks of a series, if any.
    void putSealed(int at, Block[] blocks, int count, long maxTime) {
        if (count == 0) {
            return;
        }
        if (sealed == null || sealedCounts == null || sealedMaxTimes == null) {
            sealed = new Block[rows.length][];
            sealedCounts = new int[rows.length];
            sealedMaxTimes = new long[rows.length];
        }
        sealed[at] = blocks;
        sealedCounts[at] = count;
        sealedMaxTimes[at] = maxTime;
    }

    /// Open rows of a series.
    void putOpen(
            int at,
            RowLayout layout,
            long[] array,
            long @Nullable [] bits,
            short @Nullable [] order,
            int count,
            boolean ascending,
            byte[] heap) {
        layouts[at] = layout;
        rows[at] = array;
        counts[at] = ascending ? count : ~count;
        if (bits != null) {
            masks = masks == null ? new long[rows.length][] : masks;
            masks[at] = bits;
        }
        if (order != null) {
            orders = orders == null ? new short[rows.length][] : orders;
            orders[at] = order;
        }
        if (heap.length > 0) {
            heaps = heaps == null ? new byte[rows.length][] : heaps;
            heaps[at] = heap;
        }
    }
}
