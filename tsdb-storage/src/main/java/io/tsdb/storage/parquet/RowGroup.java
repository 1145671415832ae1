package io.tsdb.storage.parquet;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.SeriesKey;

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

    /// From this size on a page that holds a single series ends where the series ends.
    private static final int PAGE_ROWS_ALIGNED = 4 * Block.POINTS_MAX;

    /// Most values (of all fields together) of the pages that cover the same rows: bounds what a
    /// reader holds to turn them into blocks.
    private static final int PAGE_VALUES_MAX = 4 << 20;

    private final ParquetColumns columns;
    private final int[] fieldIndexes;
    private final int pageRowsMax;

    private final List<Block> blocks = new ArrayList<>();
    private int[] seriesOfBlock = new int[64];
    private int[] pageFirstBlock = new int[16];
    private int[] pageRows = new int[16];
    private int pageCount;
    private int rowCount;

    private SeriesTags series;
    private boolean sortedByTags;

    /// @param fieldIndexes for each of the columns' fields the index that blocks know it by
    public RowGroup(ParquetColumns columns, int[] fieldIndexes) {
        this.columns = columns;
        this.fieldIndexes = fieldIndexes.clone();
        int fields = Math.max(1, fieldIndexes.length);
        this.pageRowsMax = Math.clamp(PAGE_VALUES_MAX / fields, Block.POINTS_MAX, PAGE_ROWS_MAX);
        this.series = new SeriesTags(columns.tags());
        this.sortedByTags = true;
    }

    /// Forgets all rows; the next series has to be started, even when it is the one that was going
    /// on.
    public void clear() {
        blocks.clear();
        pageCount = 0;
        rowCount = 0;
        series = new SeriesTags(columns.tags());
        sortedByTags = true;
    }

    public int rowCount() {
        return rowCount;
    }

    /// Blocks added from here on belong to this series.
    ///
    /// @throws IllegalArgumentException when the series has a tag that is no column
    public void startSeries(SeriesKey key) {
        series.add(key);
        sortedByTags &= series.count() == 1 || series.ascends(series.count() - 1);
    }

    /// Adds the next block of the current series.
    public void add(Block block) {
        int rows = block.pointCount();
        boolean full = pageCount > 0 && pageRows[pageCount - 1] + rows > pageRowsMax;
        if (pageCount == 0 || full || isPageOfAnotherSeries()) {
            startPage();
        }
        int index = blocks.size();
        if (index == seriesOfBlock.length) {
            seriesOfBlock = Arrays.copyOf(seriesOfBlock, 2 * index);
        }
        seriesOfBlock[index] = series.count() - 1;
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
        return series.values(tag);
    }

    /// @return id of the tag's value in [#tagValues], negative when the block's series lacks it
    int tagIdOfBlock(int tag, int block) {
        return series.id(tag, seriesOfBlock[block]);
    }

    /// Whether the page holds nothing but enough rows of one series before the current one.
    private boolean isPageOfAnotherSeries() {
        int last = seriesOfBlock[blocks.size() - 1];
        return pageRows[pageCount - 1] >= PAGE_ROWS_ALIGNED
                && seriesOfBlock[pageFirstBlock[pageCount - 1]] == last
                && last != series.count() - 1;
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
}
