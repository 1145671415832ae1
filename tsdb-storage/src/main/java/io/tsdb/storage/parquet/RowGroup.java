package io.tsdb.storage.parquet;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.SeriesKey;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows on their way into one row group: series by series, each with its blocks in time order. One
/// thread; filled, written by [ParquetWriter], then cleared.
///
/// Blocks stay compressed; the writer decodes a page of one column at a time, so the memory that a
/// row group takes is about that of its blocks. Pages are cut at edges of blocks, at the same rows
/// for every column, and rather between two series than within one.
public final class RowGroup {
    /// Most rows of a page: an hour of a device that reports every second fits, and a page of each
    /// column is what the first query for old data has to decode.
    static final int PAGE_ROWS_MAX = 20 * Block.POINTS_MAX;

    /// From this size on a page ends where the series ends.
    private static final int PAGE_ROWS_ALIGNED = 4 * Block.POINTS_MAX;

    /// Most values (of all fields together) of the pages that cover the same rows: bounds what a
    /// reader holds to turn them into blocks.
    private static final int PAGE_VALUES_MAX = 4 << 20;

    private static final int TAG_ABSENT = -1;

    private final ParquetColumns columns;
    private final int[] fieldIndexes;
    private final byte[][] tagNames;
    private final int pageRowsMax;

    private final List<Block> blocks = new ArrayList<>();
    private int[] seriesOfBlock = new int[64];
    private int[] pageFirstBlock = new int[16];
    private int[] pageRows = new int[16];
    private int pageCount;
    private int rowCount;

    private int seriesCount;
    private boolean sortedByTags;
    private final TextDictionary[] tagValues;
    private final int[][] tagIds;
    private boolean newSeries;

    /// @param fieldIndexes for each of the columns' fields the index that blocks know it by
    public RowGroup(ParquetColumns columns, int[] fieldIndexes) {
        this.columns = columns;
        this.fieldIndexes = fieldIndexes.clone();
        this.tagNames =
                columns.tags().stream()
                        .map(tag -> tag.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new);
        int fields = Math.max(1, fieldIndexes.length);
        this.pageRowsMax = Math.clamp(PAGE_VALUES_MAX / fields, Block.POINTS_MAX, PAGE_ROWS_MAX);
        this.tagValues = new TextDictionary[tagNames.length];
        this.tagIds = new int[tagNames.length][64];
        clear();
    }

    /// Forgets all rows; the next series has to be started, even when it is the one that was going
    /// on.
    public void clear() {
        blocks.clear();
        pageCount = 0;
        rowCount = 0;
        seriesCount = 0;
        sortedByTags = true;
        newSeries = true;
        for (int tag = 0; tag < tagValues.length; tag++) {
            tagValues[tag] = new TextDictionary();
        }
    }

    public int rowCount() {
        return rowCount;
    }

    /// Blocks added from here on belong to this series.
    ///
    /// @throws IllegalArgumentException when the series has a tag that is no column
    public void startSeries(SeriesKey key) {
        int series = addSeries();
        byte[] bytes = key.bytes();
        int at = 2 + length(bytes, 0);
        int expected = 0;
        while (at < bytes.length) {
            int nameAt = at + 2;
            int valueAt = nameAt + length(bytes, at) + 2;
            int tag = tagOf(bytes, nameAt, valueAt - 2, expected);
            if (tag < 0) {
                throw new IllegalArgumentException(
                        "series " + key + " has a tag that is not among " + columns.tags());
            }
            int valueLength = length(bytes, valueAt - 2);
            tagIds[tag][series] = tagValues[tag].add(bytes, valueAt, valueLength);
            expected = tag + 1;
            at = valueAt + valueLength;
        }
        noteOrder(series);
    }

    /// Adds the next block of the current series.
    public void add(Block block) {
        int rows = block.pointCount();
        boolean full = pageCount > 0 && pageRows[pageCount - 1] + rows > pageRowsMax;
        boolean aligned =
                newSeries && pageCount > 0 && pageRows[pageCount - 1] >= PAGE_ROWS_ALIGNED;
        if (pageCount == 0 || full || aligned) {
            startPage();
        }
        newSeries = false;
        int index = blocks.size();
        if (index == seriesOfBlock.length) {
            seriesOfBlock = Arrays.copyOf(seriesOfBlock, 2 * index);
        }
        seriesOfBlock[index] = seriesCount - 1;
        blocks.add(block);
        pageRows[pageCount - 1] += rows;
        rowCount += rows;
    }

    ParquetColumns columns() {
        return columns;
    }

    int pageCount() {
        return pageCount;
    }

    int pageRows(int page) {
        return pageRows[page];
    }

    int pageFirstBlock(int page) {
        return page == pageCount ? blocks.size() : pageFirstBlock[page];
    }

    Block block(int index) {
        return blocks.get(index);
    }

    int blockCount() {
        return blocks.size();
    }

    int fieldIndex(int field) {
        return fieldIndexes[field];
    }

    /// Whether rows ascend by the tags' bytes, absent ones first, then by time: the order of series
    /// keys is not always that.
    boolean isSortedByTags() {
        return sortedByTags;
    }

    TextDictionary tagValues(int tag) {
        return tagValues[tag];
    }

    /// @return id of the tag's value in [#tagValues], negative when the block's series lacks it
    int tagIdOfBlock(int tag, int block) {
        return tagIds[tag][seriesOfBlock[block]];
    }

    private void startPage() {
        if (pageCount == pageRows.length) {
            pageRows = Arrays.copyOf(pageRows, 2 * pageCount);
            pageFirstBlock = Arrays.copyOf(pageFirstBlock, 2 * pageCount);
        }
        pageFirstBlock[pageCount] = blocks.size();
        pageRows[pageCount] = 0;
        pageCount++;
    }

    private int addSeries() {
        int series = seriesCount++;
        newSeries = true;
        for (int tag = 0; tag < tagIds.length; tag++) {
            if (series == tagIds[tag].length) {
                tagIds[tag] = Arrays.copyOf(tagIds[tag], 2 * series);
            }
            tagIds[tag][series] = TAG_ABSENT;
        }
        return series;
    }

    private void noteOrder(int series) {
        if (series == 0 || !sortedByTags) {
            return;
        }
        for (int tag = 0; tag < tagIds.length; tag++) {
            int before = tagIds[tag][series - 1];
            int now = tagIds[tag][series];
            if (before != now) {
                sortedByTags =
                        before == TAG_ABSENT
                                || (now != TAG_ABSENT && tagValues[tag].compare(before, now) < 0);
                return;
            }
        }
    }

    private int tagOf(byte[] bytes, int from, int to, int expected) {
        for (int i = 0; i < tagNames.length; i++) {
            int tag = (expected + i) % tagNames.length;
            byte[] name = tagNames[tag];
            if (Arrays.equals(name, 0, name.length, bytes, from, to)) {
                return tag;
            }
        }
        return -1;
    }

    private static int length(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) | (bytes[at + 1] & 0xFF) << 8;
    }
}
