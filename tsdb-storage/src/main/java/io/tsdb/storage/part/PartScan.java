package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;

import org.jspecify.annotations.Nullable;

/// Reads the blocks of a part from the first to the last and leaves none in the cache. One thread;
/// holds the blocks of two pages. The part is to be retained by whoever uses this.
public final class PartScan {
    private static final int NONE = -1;

    private final Part part;
    private int page = NONE;
    private Block @Nullable [] blocks;
    private int pageBefore = NONE;
    private Block @Nullable [] blocksBefore;

    PartScan(Part part) {
        this.part = part;
    }

    /// @param block not before the page of the last one but one
    /// @throws io.tsdb.storage.model.CorruptDataException when a page is not what was written
    public Block block(int block) {
        Block known = part.peekWhole(block);
        if (known != null) {
            return known;
        }
        int wanted = part.pageOf(block);
        int at = block - part.firstBlockOfPage(wanted);
        if (wanted == pageBefore && blocksBefore != null) {
            return blocksBefore[at];
        }
        Block[] found = wanted == page ? blocks : null;
        if (found == null) {
            found = part.decodePage(wanted, part.fields());
            pageBefore = page;
            blocksBefore = blocks;
            page = wanted;
            blocks = found;
        }
        return found[at];
    }
}
