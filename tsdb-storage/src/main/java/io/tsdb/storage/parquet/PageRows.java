package io.tsdb.storage.parquet;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.Presence;

import java.util.Arrays;

/// Values of one column in the rows of one page, gathered from blocks: present values side by side,
/// and a bit a row that says which rows they belong to. One thread; reused from page to page.
final class PageRows {
    private long[] values = new long[Block.POINTS_MAX];
    private int[] ids = new int[Block.POINTS_MAX];
    private long[] presence = new long[Block.POINTS_MAX / Long.SIZE];
    private int rowCount;
    private int valueCount;

    private final long[] blockValues = new long[Block.POINTS_MAX];
    private final int[] blockIds = new int[Block.POINTS_MAX];
    private final long[] blockPresence = new long[Block.POINTS_MAX / Long.SIZE];

    int rowCount() {
        return rowCount;
    }

    /// Rows that have a value.
    int valueCount() {
        return valueCount;
    }

    /// Present values, in `[0, valueCount())`; for texts ids are used instead.
    long[] values() {
        return values;
    }

    int[] ids() {
        return ids;
    }

    /// Bit `row & 63` of word `row >>> 6`, for all rows of the page.
    long[] presence() {
        return presence;
    }

    void loadTimes(RowGroup rows, int page, TimeUnit unit) {
        begin(rows.pageRows(page));
        for (int b = rows.pageFirstBlock(page); b < rows.pageFirstBlock(page + 1); b++) {
            Block block = rows.block(b);
            block.decodeTimes(blockValues);
            System.arraycopy(blockValues, 0, values, valueCount, block.pointCount());
            valueCount += block.pointCount();
        }
        if (unit.nanos() > 1) {
            for (int i = 0; i < valueCount; i++) {
                values[i] /= unit.nanos();
            }
        }
    }

    /// Values of a column that has one in every row.
    void loadValues(long[] source, int count) {
        begin(count);
        System.arraycopy(source, 0, values, 0, count);
        valueCount = count;
    }

    /// INT64 and BOOL as they are, UINT64 as plain bits, FLOAT64 as IEEE bits.
    void loadLongs(RowGroup rows, int page, int field) {
        begin(rows.pageRows(page));
        int row = 0;
        for (int b = rows.pageFirstBlock(page); b < rows.pageFirstBlock(page + 1); b++) {
            Block block = rows.block(b);
            int count = block.pointCount();
            int column = block.columnOf(rows.fieldIndex(field));
            if (column >= 0) {
                switch (block.decodeLongs(column, blockValues, blockPresence)) {
                    case ALL -> {
                        System.arraycopy(blockValues, 0, values, valueCount, count);
                        valueCount += count;
                        setPresent(row, count);
                    }
                    case SOME -> {
                        for (int i = 0; i < count; i++) {
                            if ((blockPresence[i >>> 6] >>> i & 1) != 0) {
                                values[valueCount++] = blockValues[i];
                                setPresent(row + i);
                            }
                        }
                    }
                    case NONE -> {}
                }
            }
            row += count;
        }
        if (rows.columns().fields().get(field).type() == FieldType.UINT64) {
            for (int i = 0; i < valueCount; i++) {
                values[i] = Uint64.fold(values[i]);
            }
        }
    }

    /// Strings as ids of the chunk's dictionary, which takes in what it lacks.
    void loadTexts(RowGroup rows, int page, int field, TextDictionary dictionary) {
        begin(rows.pageRows(page));
        int row = 0;
        for (int b = rows.pageFirstBlock(page); b < rows.pageFirstBlock(page + 1); b++) {
            Block block = rows.block(b);
            int column = block.columnOf(rows.fieldIndex(field));
            if (column >= 0) {
                Presence presence = block.decodeStringIds(column, blockIds, blockPresence);
                int[] chunkIds = chunkIds(block.dictionaryBytes(column), dictionary);
                for (int i = 0; i < block.pointCount(); i++) {
                    if (presence == Presence.ALL
                            || (presence == Presence.SOME
                                    && (blockPresence[i >>> 6] >>> i & 1) != 0)) {
                        ids[valueCount++] = chunkIds[blockIds[i]];
                        setPresent(row + i);
                    }
                }
            }
            row += block.pointCount();
        }
    }

    /// A tag as ids of the row group's dictionary of its values.
    void loadTag(RowGroup rows, int page, int tag) {
        begin(rows.pageRows(page));
        int row = 0;
        for (int b = rows.pageFirstBlock(page); b < rows.pageFirstBlock(page + 1); b++) {
            int count = rows.block(b).pointCount();
            int id = rows.tagIdOfBlock(tag, b);
            if (id >= 0) {
                Arrays.fill(ids, valueCount, valueCount + count, id);
                valueCount += count;
                setPresent(row, count);
            }
            row += count;
        }
    }

    private static int[] chunkIds(byte[][] texts, TextDictionary dictionary) {
        int[] chunkIds = new int[texts.length];
        for (int i = 0; i < texts.length; i++) {
            chunkIds[i] = dictionary.add(texts[i], 0, texts[i].length);
        }
        return chunkIds;
    }

    private void begin(int rows) {
        rowCount = rows;
        valueCount = 0;
        if (values.length < rows) {
            values = new long[rows];
            ids = new int[rows];
            presence = new long[(rows + 63) >>> 6];
        }
        Arrays.fill(presence, 0);
    }

    private void setPresent(int row) {
        presence[row >>> 6] |= 1L << row;
    }

    private void setPresent(int row, int count) {
        int at = row;
        int end = row + count;
        while (at < end) {
            int take = Math.min(Long.SIZE - (at & 63), end - at);
            presence[at >>> 6] |= -1L >>> (Long.SIZE - take) << at;
            at += take;
        }
    }
}
