package io.tsdb.storage.shard;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockMerge;
import io.tsdb.storage.head.Sealer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Puts the sources of one series into an order without overlaps: in time order, overlapping ones
/// merged. Scratch for one thread.
final class SeriesSources {
    private final Sealer sealer = new Sealer();
    private final BlockMerge merge = new BlockMerge();

    /// @param ranked sources in log order: of two rows with the same time, the later source wins
    ///   field by field
    /// @return sources ascending in time, none overlapping another; the given list itself when it
    ///   is that already
    List<RowSource> arrange(List<RowSource> ranked) {
        if (inOrder(ranked)) {
            return ranked;
        }
        record Ranked(RowSource source, int rank) {}
        var byTime = new ArrayList<Ranked>(ranked.size());
        for (int rank = 0; rank < ranked.size(); rank++) {
            byTime.add(new Ranked(ranked.get(rank), rank));
        }
        byTime.sort(Comparator.comparingLong(ranking -> ranking.source().minTime()));
        var arranged = new ArrayList<RowSource>(ranked.size());
        for (int from = 0; from < byTime.size(); ) {
            long end = byTime.get(from).source().maxTime();
            int to = from + 1;
            while (to < byTime.size() && byTime.get(to).source().minTime() <= end) {
                end = Math.max(end, byTime.get(to).source().maxTime());
                to++;
            }
            if (to == from + 1) {
                arranged.add(byTime.get(from).source());
            } else {
                var cluster = new ArrayList<>(byTime.subList(from, to));
                cluster.sort(Comparator.comparingInt(Ranked::rank));
                var blocks = new ArrayList<Block>(cluster.size());
                for (Ranked member : cluster) {
                    blocks.add(member.source().block(sealer));
                }
                for (Block block : merge.merge(blocks)) {
                    arranged.add(new RowSource.InMemory(block));
                }
            }
            from = to;
        }
        return arranged;
    }

    Sealer sealer() {
        return sealer;
    }

    private static boolean inOrder(List<RowSource> ranked) {
        for (int i = 1; i < ranked.size(); i++) {
            if (ranked.get(i).minTime() <= ranked.get(i - 1).maxTime()) {
                return false;
            }
        }
        return true;
    }
}
