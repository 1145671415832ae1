package io.tsdb.storage.part;

import io.tsdb.storage.parquet.ByteSource;
import io.tsdb.storage.parquet.ParquetColumns;
import io.tsdb.storage.parquet.ParquetFile;
import io.tsdb.storage.parquet.RowGroupPages;
import io.tsdb.storage.scan.ColumnStatistics;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicLongArray;

/// An index file in memory: series, blocks, pages, and statistics, which stay in their encoded form
/// and are decoded one at a time. Immutable; any thread.
final class PartIndex {
    /// Every how many blocks the place of a column's statistics is known.
    static final int MARK_DISTANCE = 16;

    /// A page's span, and the reference to it.
    private static final int PAGE_BYTES = 40;

    /// What the file's fixed fields say.
    record Identity(PartNames names, ParquetColumns columns, ParquetFile parquet) {}

    /// Series in the order of the file.
    ///
    /// @param ids as the shard knows them
    /// @param firstBlocks of each series, and the number of blocks behind the last
    record Series(int[] ids, int[] firstBlocks) {}

    /// Blocks in the order of the file.
    ///
    /// @param firstRows of each block, and the number of rows behind the last
    record Blocks(long[] firstRows, long[] minTimes, long[] maxTimes) {}

    /// Encoded statistics of each field.
    ///
    /// @param base where in the file `bytes` come from
    /// @param marks for each field the places in `bytes` of every [#MARK_DISTANCE]th block's record
    record Statistics(String path, long base, byte[] bytes, int[][] marks) {}

    private final Identity identity;
    private final Series series;
    private final Blocks blocks;
    private final Statistics statistics;
    private final int[] pageFirstBlocks;

    /// For each field the block that was asked for last, in the upper half, and the place of its
    /// record: whoever walks the blocks finds the next record right behind.
    private final AtomicLongArray lastPlaces;

    PartIndex(
            Identity identity,
            Series series,
            Blocks blocks,
            Statistics statistics,
            int[] pageFirstBlocks) {
        this.identity = identity;
        this.series = series;
        this.blocks = blocks;
        this.statistics = statistics;
        this.pageFirstBlocks = pageFirstBlocks;
        this.lastPlaces = new AtomicLongArray(identity.columns.fields().size());
        for (int field = 0; field < lastPlaces.length(); field++) {
            lastPlaces.set(field, -1);
        }
    }

    /// About what it takes of memory.
    long memoryBytes() {
        long bytes = statistics.bytes.length + (long) Integer.BYTES * pageFirstBlocks.length;
        for (int[] marks : statistics.marks) {
            bytes += (long) Integer.BYTES * marks.length;
        }
        bytes += 2L * Integer.BYTES * series.ids.length + 3L * Long.BYTES * blockCount();
        for (RowGroupPages group : identity.parquet.rowGroups()) {
            bytes += (1L + group.fields().size()) * group.pageRows().size() * PAGE_BYTES;
        }
        return bytes;
    }

    Identity identity() {
        return identity;
    }

    Series series() {
        return series;
    }

    int blockCount() {
        return blocks.minTimes.length;
    }

    long rowCount() {
        return blocks.firstRows[blockCount()];
    }

    long minTime(int block) {
        return blocks.minTimes[block];
    }

    long maxTime(int block) {
        return blocks.maxTimes[block];
    }

    int pointCount(int block) {
        return (int) (blocks.firstRows[block + 1] - blocks.firstRows[block]);
    }

    /// For each page, over all row groups, the first block in it, and the number of blocks behind
    /// the last.
    int[] pageFirstBlocks() {
        return pageFirstBlocks;
    }

    /// @param field position among the part's columns
    /// @return null when the block has no value of the field
    @Nullable ColumnStatistics statistics(int block, int field) {
        byte[] bytes = statistics.bytes;
        var in = new ByteSource(statistics.path, statistics.base, bytes, 0, bytes.length);
        var type = identity.columns.fields().get(field).type();
        int at = block / MARK_DISTANCE * MARK_DISTANCE;
        int place = statistics.marks[field][block / MARK_DISTANCE];
        long last = lastPlaces.getOpaque(field);
        int lastBlock = (int) (last >>> 32);
        if (last >= 0 && lastBlock >= at && lastBlock <= block) {
            at = lastBlock;
            place = (int) last;
        }
        in.moveTo(place);
        while (at < block) {
            StatisticsForm.skip(type, in.get(), in);
            at++;
        }
        lastPlaces.setOpaque(field, (long) block << 32 | in.at());
        int head = in.get();
        if (head == StatisticsForm.ABSENT) {
            return null;
        }
        var scope = new StatisticsForm.Scope(pointCount(block), minTime(block), maxTime(block));
        return StatisticsForm.decode(type, head, scope, in);
    }
}
