package io.tsdb.storage.block;

/// Rows of one series, at most [Block#POINTS_MAX], times ascending and unique; their span is known
/// without reading them.
public non-sealed interface BlockSource extends Piece {
    int pointCount();

    long minTime();

    long maxTime();

    /// The rows as a block; may read and decode.
    Block block();

    /// A block that is at hand.
    record OfBlock(Block block) implements BlockSource {
        @Override
        public int pointCount() {
            return block.pointCount();
        }

        @Override
        public long minTime() {
            return block.minTime();
        }

        @Override
        public long maxTime() {
            return block.maxTime();
        }
    }
}
