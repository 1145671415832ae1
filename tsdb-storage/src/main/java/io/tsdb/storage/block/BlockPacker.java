package io.tsdb.storage.block;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Makes full blocks out of small ones of the same series, in time order. One thread; holds less
/// than a block's worth of rows and the block they end in.
public final class BlockPacker {
    /// A block of so many rows is left as it is.
    private static final int ROWS_ENOUGH = Block.POINTS_MAX * 3 / 4;

    /// So many rows may be a block of their own, before one that is left as it is.
    private static final int ROWS_ALONE = Block.POINTS_MAX / 4;

    private final BlockMerge merge = new BlockMerge();
    private final List<BlockMerge.Slice> waiting = new ArrayList<>();
    private int waitingRows;

    /// Takes the next block in.
    ///
    /// @param block later than all before since the last [#finish]
    /// @param target receives what is full
    public void add(Block block, Consumer<Block> target) {
        if (block.pointCount() >= ROWS_ENOUGH && (waitingRows == 0 || waitingRows >= ROWS_ALONE)) {
            finish(target);
            target.accept(block);
            return;
        }
        waiting.add(new BlockMerge.Slice(block, 0, block.pointCount()));
        waitingRows += block.pointCount();
        if (waitingRows >= Block.POINTS_MAX) {
            emit(Block.POINTS_MAX, target);
        }
    }

    /// Ends the series: what waits comes out.
    public void finish(Consumer<Block> target) {
        if (waitingRows > 0) {
            emit(waitingRows, target);
        }
    }

    private void emit(int rows, Consumer<Block> target) {
        int before = waitingRows - waiting.getLast().rowCount();
        BlockMerge.Slice last = waiting.removeLast();
        int edge = last.fromRow() + rows - before;
        waiting.add(new BlockMerge.Slice(last.block(), last.fromRow(), edge));
        if (waiting.size() == 1 && waiting.getFirst().isWhole()) {
            target.accept(last.block());
        } else {
            merge.merge(waiting).forEach(target);
        }
        waiting.clear();
        waitingRows = last.toRow() - edge;
        if (waitingRows > 0) {
            waiting.add(new BlockMerge.Slice(last.block(), edge, last.toRow()));
        }
    }
}
