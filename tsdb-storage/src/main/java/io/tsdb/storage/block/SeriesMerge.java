package io.tsdb.storage.block;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Puts the sources of one series into time order without overlaps. The one place where overlapping
/// sources are found and united: for scans, flushes and compactions. Scratch for one thread.
///
/// Nothing is read to find the overlaps. Where many sources overlap one another in a chain, the
/// chain is cut into spans of a few thousand rows, so that a reader who wants its end, or little
/// memory, merges one span at a time.
public final class SeriesMerge {
    /// Rows from which on a chain of overlapping sources is cut.
    private static final int SPAN_ROWS = 4 * Block.POINTS_MAX;

    // made when they are first needed: most scans merge nothing
    private @Nullable BlockMerge merge;
    private long[] times = {};

    /// A source and how late it was logged among the others.
    private record Ranked(BlockSource source, int rank) {}

    /// @param ranked in log order: of two rows with the same time, the later source wins field by
    ///   field
    /// @return pieces ascending in time, none overlapping another; the given list itself when it is
    ///   that already
    public List<? extends Piece> arrange(List<? extends BlockSource> ranked) {
        if (inOrder(ranked)) {
            return ranked;
        }
        var byTime = new ArrayList<Ranked>(ranked.size());
        for (int rank = 0; rank < ranked.size(); rank++) {
            byTime.add(new Ranked(ranked.get(rank), rank));
        }
        byTime.sort(Comparator.comparingLong(ranking -> ranking.source().minTime()));
        var pieces = new ArrayList<Piece>(ranked.size());
        for (int from = 0; from < byTime.size(); ) {
            long end = byTime.get(from).source().maxTime();
            int to = from + 1;
            while (to < byTime.size() && byTime.get(to).source().minTime() <= end) {
                end = Math.max(end, byTime.get(to).source().maxTime());
                to++;
            }
            if (to == from + 1) {
                pieces.add(byTime.get(from).source());
            } else {
                cut(byTime.subList(from, to), end, pieces);
            }
            from = to;
        }
        return pieces;
    }

    private static boolean inOrder(List<? extends BlockSource> ranked) {
        for (int i = 1; i < ranked.size(); i++) {
            if (ranked.get(i).minTime() <= ranked.get(i - 1).maxTime()) {
                return false;
            }
        }
        return true;
    }

    /// Cuts a chain where a source begins, once enough rows lie before it.
    private static void cut(List<Ranked> chain, long end, List<Piece> pieces) {
        var open = new ArrayList<Ranked>();
        long from = chain.getFirst().source().minTime();
        int rows = 0;
        int carried = 0;
        for (Ranked next : chain) {
            long start = next.source().minTime();
            // the more sources go on behind a cut, the more it costs
            if (start > from && rows >= Math.max(SPAN_ROWS, carried * Block.POINTS_MAX)) {
                pieces.add(overlap(from, start - 1, open));
                open.removeIf(ranked -> ranked.source().maxTime() < start);
                from = start;
                rows = 0;
                carried = open.size();
            }
            open.add(next);
            rows += next.source().pointCount();
        }
        pieces.add(overlap(from, end, open));
    }

    private static Overlap overlap(long from, long last, List<Ranked> open) {
        var members = new ArrayList<>(open);
        members.sort(Comparator.comparingInt(Ranked::rank));
        return new Overlap(from, last, members.stream().map(Ranked::source).toList());
    }

    /// Rows of an overlap's span.
    ///
    /// @return blocks in time order without overlap; none when no source has a row there
    public List<Block> merge(Overlap overlap) {
        return rows(overlap).stream().map(BlockSource::block).toList();
    }

    /// Rows of an overlap's span: a block as it is where only one has rows there, else
    /// [BlockMerge.Rows], whose columns are merged when they are asked for.
    ///
    /// @return in time order without overlap; none when no source has a row there
    public List<? extends BlockSource> rows(Overlap overlap) {
        var slices = new ArrayList<BlockMerge.Slice>(overlap.ranked().size());
        for (BlockSource source : overlap.ranked()) {
            BlockMerge.Slice slice = slice(source, overlap.fromNanos(), overlap.lastNanos());
            if (slice.rowCount() > 0) {
                slices.add(slice);
            }
        }
        if (slices.size() == 1 && slices.getFirst().isWhole()) {
            return List.of(new BlockSource.OfBlock(slices.getFirst().block()));
        }
        BlockMerge known = merge;
        if (known == null) {
            known = new BlockMerge();
            merge = known;
        }
        return known.rows(slices);
    }

    private BlockMerge.Slice slice(BlockSource source, long fromNanos, long lastNanos) {
        Block block = source.block();
        int count = block.pointCount();
        if (block.minTime() >= fromNanos && block.maxTime() <= lastNanos) {
            return new BlockMerge.Slice(block, 0, count);
        }
        times = times.length == 0 ? new long[Block.POINTS_MAX] : times;
        block.decodeTimes(times);
        int from = lowerBound(count, fromNanos);
        int to = lastNanos == Long.MAX_VALUE ? count : lowerBound(count, lastNanos + 1);
        return new BlockMerge.Slice(block, from, to);
    }

    private int lowerBound(int count, long time) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (times[middle] < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
