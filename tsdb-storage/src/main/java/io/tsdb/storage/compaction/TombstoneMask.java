package io.tsdb.storage.compaction;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockSlice;
import io.tsdb.storage.block.BlockSource;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Takes deleted rows out of the sources of a series, before they are merged: what was logged later
/// is another source, and stays. Scratch for one thread.
public final class TombstoneMask {
    private @Nullable BlockSlice slice;

    /// What is left of a source.
    ///
    /// @param tombstones that concern the part of the source
    /// @return the source itself when none of its rows is deleted, a block without them when some
    ///   are (with statistics of its own), null when all are
    public @Nullable BlockSource apply(
            BlockSource source, int seriesId, List<Tombstone> tombstones) {
        var touching = new ArrayList<Tombstone>();
        for (Tombstone tombstone : tombstones) {
            if (tombstone.rows().covers(seriesId, source.minTime(), source.maxTime())) {
                return null;
            }
            if (tombstone.rows().touches(seriesId, source.minTime(), source.maxTime())) {
                touching.add(tombstone);
            }
        }
        if (touching.isEmpty()) {
            return source;
        }
        Block block = source.block();
        Block left = slice().filter(block, time -> keeps(touching, seriesId, time)).orElse(null);
        if (left == null) {
            return null;
        }
        return left == block ? source : new BlockSource.OfBlock(left);
    }

    private BlockSlice slice() {
        BlockSlice known = slice;
        if (known == null) {
            known = new BlockSlice();
            slice = known;
        }
        return known;
    }

    private static boolean keeps(List<Tombstone> tombstones, int seriesId, long time) {
        for (Tombstone tombstone : tombstones) {
            if (tombstone.rows().contains(seriesId, time)) {
                return false;
            }
        }
        return true;
    }
}
