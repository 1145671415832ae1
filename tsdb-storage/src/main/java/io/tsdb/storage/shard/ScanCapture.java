package io.tsdb.storage.shard;

import io.tsdb.storage.block.BlockSource;
import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.compaction.TombstoneMask;
import io.tsdb.storage.head.HeadRows;
import io.tsdb.storage.head.OpenRows;
import io.tsdb.storage.head.Sealer;
import io.tsdb.storage.head.SeriesRows;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.schema.FieldSet;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// What a scan caught of a shard under its lock: retained parts, and per series the rows in memory.
/// Never changes.
///
/// @param ids asked series, ascending
/// @param heads by head, the oldest first: rows in memory, by position in `ids`
/// @param parts of the measurement, by rank, each retained by the scan
/// @param tombstones by part: deletes that concern it
/// @param ended to be run when the scan has ended: rows in memory are not to be read any more
record ScanCapture(
        int[] ids,
        List<HeadRows> heads,
        List<Part> parts,
        List<List<Tombstone>> tombstones,
        Runnable ended) {
    /// Room for a part's blocks of a day, or the head's; more grow.
    private static final int SOURCES_USUAL = 4;

    ScanCapture(int[] ids, List<HeadRows> heads, PartSet.Acquired acquired, Runnable ended) {
        this(
                ids,
                heads,
                acquired.parts(),
                acquired.parts().stream()
                        .map(part -> Tombstone.concerning(acquired.tombstones(), part.summary()))
                        .toList(),
                ended);
    }

    /// Lets go of all that the scan holds.
    void release() {
        parts.forEach(Part::release);
        ended.run();
    }

    int seriesCount() {
        return ids.length;
    }

    int seriesId(int at) {
        return ids[at];
    }

    /// Sources of a series that overlap the range, in log order: the later ones win.
    ///
    /// @param wanted fields that are read of what lies in parts
    List<RowSource> sources(
            int at, TimeRange range, FieldSet wanted, Sealer sealer, TombstoneMask mask) {
        var found = new ArrayList<RowSource>(SOURCES_USUAL);
        int id = ids[at];
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            int first = part.firstBlock(id);
            int end = first + part.blockCount(id);
            for (int block = first; block < end; block++) {
                if (range.overlaps(part.blockMinTime(block), part.blockMaxTime(block))) {
                    var source = new RowSource.InPart(part, block, wanted);
                    addMasked(found, source, id, mask, tombstones.get(i));
                }
            }
        }
        for (HeadRows head : heads) {
            add(found, head.at(at), range, sealer);
        }
        return found;
    }

    private static void addMasked(
            List<RowSource> found,
            RowSource source,
            int seriesId,
            TombstoneMask mask,
            List<Tombstone> tombstones) {
        if (tombstones.isEmpty()) {
            found.add(source);
            return;
        }
        BlockSource left = mask.apply(source, seriesId, tombstones);
        if (left instanceof RowSource whole) {
            found.add(whole);
        } else if (left != null) {
            found.add(new RowSource.InMemory(left.block()));
        }
    }

    /// The open rows of a series when all else of it is older, null otherwise: a reader that wants
    /// the newest row needs nothing more, mostly.
    @Nullable RowSource newest(int at, TimeRange range, Sealer sealer) {
        SeriesRows recent = heads.isEmpty() ? null : heads.getLast().at(at);
        OpenRows open = recent == null ? null : recent.open();
        if (recent == null || open == null || !open.ascending() || isBeingFlushed(at)) {
            return null;
        }
        long from = open.time(0);
        if (from <= recent.sealedMaxTime() || from <= newestInParts(ids[at])) {
            return null;
        }
        var source = new RowSource.Open(open, sealer);
        return range.overlaps(source.minTime(), source.maxTime()) ? source : null;
    }

    private boolean isBeingFlushed(int at) {
        for (int head = 0; head < heads.size() - 1; head++) {
            if (heads.get(head).holds(at)) {
                return true;
            }
        }
        return false;
    }

    private long newestInParts(int id) {
        long newest = Long.MIN_VALUE;
        for (Part part : parts) {
            int count = part.blockCount(id);
            if (count > 0) {
                newest = Math.max(newest, part.blockMaxTime(part.firstBlock(id) + count - 1));
            }
        }
        return newest;
    }

    private static void add(
            List<RowSource> found, @Nullable SeriesRows rows, TimeRange range, Sealer sealer) {
        if (rows == null) {
            return;
        }
        for (int i = 0; i < rows.sealedCount(); i++) {
            if (range.overlaps(rows.sealed()[i].minTime(), rows.sealed()[i].maxTime())) {
                found.add(new RowSource.InMemory(rows.sealed()[i]));
            }
        }
        OpenRows open = rows.open();
        if (open != null) {
            RowSource source =
                    open.ascending()
                            ? new RowSource.Open(open, sealer)
                            : new RowSource.InMemory(sealer.seal(open));
            if (range.overlaps(source.minTime(), source.maxTime())) {
                found.add(source);
            }
        }
    }
}
