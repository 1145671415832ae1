package io.tsdb.storage.parquet;

/// How the deltas of a DELTA_BINARY_PACKED page are laid out: values a miniblock, miniblocks a
/// block, and the multiple that bit widths are rounded up to.
///
/// The format leaves the writer free to pack wider than needed and to subtract less than it could.
/// That pays: Zstandard codes bytes, and when a delta takes 4 bits, two whole deltas make a byte,
/// which it codes close to their entropy; packed in 3 bits they straddle bytes and it can do
/// nothing. On the random walk of ten small integers (TSBS cpu) a value takes 0.365 bytes narrow,
/// 0.285 in nibbles (`docs/format/part-parquet.md`).
enum DeltaPacking {
    /// Four miniblocks of 32 in as many bits as needed: what other writers do.
    NARROW(32, 4, 1),
    /// Multiples of four bits above one base for the whole page, few headers: for pages of one
    /// steady series.
    NIBBLES(1024, 1, 4),
    /// Multiples of four bits above one base where it fits, in small blocks: for pages of many
    /// series, whose first values lie anywhere.
    NIBBLES_APART(32, 8, 4),
    /// Multiples of eight bits above one base where it fits.
    BYTES(32, 8, 8);

    private final int miniblockSize;
    private final int miniblockCount;
    private final int widthMultiple;

    DeltaPacking(int miniblockSize, int miniblockCount, int widthMultiple) {
        this.miniblockSize = miniblockSize;
        this.miniblockCount = miniblockCount;
        this.widthMultiple = widthMultiple;
    }

    int miniblockSize() {
        return miniblockSize;
    }

    int miniblockCount() {
        return miniblockCount;
    }

    int blockSize() {
        return miniblockSize * miniblockCount;
    }

    /// Whether all blocks of a page subtract the same base where they can.
    boolean sharesBase() {
        return widthMultiple > 1;
    }

    /// How far a block's smallest delta may lie below the typical one and still set the page's
    /// base.
    long baseReach() {
        return 1L << (widthMultiple - 1);
    }

    /// @param range largest value to pack, unsigned
    int widthOf(long range) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(range);
        return (bits + widthMultiple - 1) / widthMultiple * widthMultiple;
    }
}
